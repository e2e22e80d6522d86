using Bramble.Storage.Editing;
using Xunit;

namespace Bramble.Storage.Tests.Editing;

public sealed class FstabTextTests
{
    private const string RaspberryPiOs = "proc            /proc           proc    defaults          0       0\nPARTUUID=8a676486-01  /boot/firmware  vfat    defaults          0       2\nPARTUUID=8a676486-02  /               ext4    defaults,noatime  0       1\n# a swapfile is not a swap partition, no line here\n";

    [Fact]
    public void Lines_of_the_card_are_switched_off_and_others_stay()
    {
        string[] lines = FstabText.WithoutLocalDisks(RaspberryPiOs + "//nas/music /mnt cifs guest 0 0\n/swapfile none swap sw 0 0\n  /dev/mmcblk0p3 /data ext4 nofail 0 2\nUUID=1-2 /x vfat").Split('\n');
        Assert.StartsWith("proc ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("#bramble-off# PARTUUID=8a676486-01", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("#bramble-off# PARTUUID=8a676486-02", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("# a swapfile", lines[3], StringComparison.Ordinal);
        Assert.Equal("//nas/music /mnt cifs guest 0 0", lines[4]);
        Assert.StartsWith("#bramble-off# /swapfile", lines[5], StringComparison.Ordinal);
        Assert.StartsWith("#bramble-off#   /dev/mmcblk0p3", lines[6], StringComparison.Ordinal);
        Assert.StartsWith("#bramble-off# UUID=1-2", lines[7], StringComparison.Ordinal);
    }

    [Fact]
    public void Switching_off_twice_changes_nothing_more()
    {
        string once = FstabText.WithoutLocalDisks(RaspberryPiOs);
        Assert.Equal(once, FstabText.WithoutLocalDisks(once));
    }

    [Fact]
    public void Client_lines_replace_earlier_ones()
    {
        string text = FstabText.WithoutLocalDisks(RaspberryPiOs);
        string first = FstabText.WithClientLines(text, "/boot/firmware", "10.0.0.1:/b /boot/firmware nfs ro 0 0", "UUID=1 / ext4 defaults 0 1");
        string second = FstabText.WithClientLines(first, "/boot/firmware", "10.0.0.2:/b /boot/firmware nfs ro 0 0", null);
        Assert.Contains("UUID=1 / ext4", first, StringComparison.Ordinal);
        Assert.DoesNotContain("UUID=1 / ext4", second, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", second, StringComparison.Ordinal);
        Assert.EndsWith("10.0.0.2:/b /boot/firmware nfs ro 0 0\n", second, StringComparison.Ordinal);
        Assert.Equal(second, FstabText.WithClientLines(second, "/boot/firmware", "10.0.0.2:/b /boot/firmware nfs ro 0 0", null));
    }

    [Fact]
    public void A_persons_own_line_for_root_or_boot_is_switched_off() =>
        Assert.StartsWith("#bramble-off# tmpfs /boot", FstabText.WithClientLines("tmpfs /boot tmpfs defaults 0 0\n", "/boot", "x:/b /boot nfs ro 0 0", null), StringComparison.Ordinal);

    [Theory]
    [InlineData(RaspberryPiOs, "/boot/firmware")]
    [InlineData("PARTUUID=1 /boot vfat defaults 0 2\n", "/boot")]
    [InlineData("PARTUUID=1 /boot ext4 defaults 0 2\nPARTUUID=2 /boot/firmware vfat defaults 0 2\n", "/boot/firmware")]
    [InlineData("# /boot\n\n\t \nx", null)]
    [InlineData("", null)]
    public void The_boot_mount_point_is_found(string text, string? expected) => Assert.Equal(expected, FstabText.BootMountPoint(text));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\n\u00ff\u00fe /\n")]
    [InlineData("\n\n\n")]
    [InlineData("one")]
    [InlineData("\r\nUUID=1\t/\r\n")]
    public void Any_bytes_are_survived(string text)
    {
        string result = FstabText.WithoutLocalDisks(text);
        Assert.Equal(result, FstabText.WithoutLocalDisks(result));
        Assert.EndsWith("\nb\n", "\n" + FstabText.WithClientLines(text, "/boot", "b", null), StringComparison.Ordinal);
    }
}
