using Bramble.Appliance.Upgrade;
using Xunit;

namespace Bramble.Tests.Appliance.Upgrade;

public sealed class UpgradeManifestTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Head = "bramble-upgrade 1\nversion 1.2.0\narchitecture arm64\n";

    [Fact]
    public void A_list_is_read_as_image_upgrade_writes_it()
    {
        UpgradeManifest? manifest = UpgradeManifest.TryParse($"{Head}{Sha} 120 text/cmdline.txt\n{Sha} 3000000000 boot/overlays/disable-bt.dtbo\n{Sha} 1 system\n", out _);
        Assert.Equal(("1.2.0", "arm64"), (manifest?.Version, manifest?.Architecture));
        Assert.Equal(["cmdline.txt", null, null], manifest!.Parts.Select(p => p.TextName));
        Assert.Equal([null, "overlays/disable-bt.dtbo", null], manifest.Parts.Select(p => p.BootPath));
        Assert.Equal(3_000_000_000, manifest.Parts[1].Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bramble-upgrade 2\nversion 1\narchitecture amd64\n" + Sha + " 1 system\n")]
    [InlineData("bramble-upgrade 1\narchitecture amd64\nversion 1\n" + Sha + " 1 system\n")]
    [InlineData("bramble-upgrade 1\nversion ../1\narchitecture amd64\n" + Sha + " 1 system\n")]
    [InlineData(Head)]
    [InlineData(Head + Sha + " 1 system")]
    [InlineData(Head + Sha + " 1 boot/linux\n")]
    [InlineData(Head + Sha + " 1 system\n" + Sha + " 1 system\n")]
    [InlineData(Head + Sha + " -1 system\n")]
    [InlineData(Head + Sha + " 99999999999999999999 system\n")]
    [InlineData(Head + "0123 1 system\n")]
    [InlineData(Head + Sha + " 1 system\n" + Sha + " 1 boot/../../loader/loader.conf\n")]
    [InlineData(Head + Sha + " 1 system\n" + Sha + " 1 boot//linux\n")]
    [InlineData(Head + Sha + " 1 system\n" + Sha + " 1 /etc/shadow\n")]
    [InlineData(Head + Sha + " 1 system\n" + Sha + " 300000 text/entry.conf\n")]
    public void Anything_else_is_refused_with_a_reason(string text)
    {
        Assert.Null(UpgradeManifest.TryParse(text, out string reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("BOOT_IMAGE=/x root=PARTLABEL=bramble-a ro quiet\n", 'a', 'b')]
    [InlineData("root=PARTLABEL=bramble-b", 'b', 'a')]
    public void The_running_system_is_known_from_the_kernels_command_line(string commandLine, char running, char other)
    {
        SystemSlots? slots = SystemSlots.Read(commandLine, "ID=debian\nIMAGE_VERSION=\"0.3.0\"\n");
        Assert.Equal((running, other, "0.3.0"), (slots?.Running, slots?.Other, slots?.Version));
    }

    [Theory]
    [InlineData("root=PARTLABEL=bramble-c ro")]
    [InlineData("root=/dev/sda2 nfsroot=PARTLABEL=bramble-a")]
    [InlineData("")]
    public void A_machine_that_was_not_flashed_has_none(string commandLine) => Assert.Null(SystemSlots.Read(commandLine, ""));
}
