using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

public sealed class StorageNamesTests
{
    [Theory]
    [InlineData("pi-1", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("a\n(rw)", false)]
    [InlineData("pï", false)]
    [InlineData("a.b", false)]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123", false)]
    public void Client_names_are_plain(string name, bool isGood) => Assert.Equal(isGood, StorageNames.IsClient(name));

    [Theory]
    [InlineData("raspios-13.1", true)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("..", false)]
    [InlineData("a/../b", false)]
    public void Image_names_are_plain(string name, bool isGood) => Assert.Equal(isGood, StorageNames.IsImage(name));

    [Theory]
    [InlineData("/x/2026-10-01-raspios-trixie-arm64-lite.img.xz", "2026-10-01-raspios-trixie-arm64-lite")]
    [InlineData("/x/My Pi (copy).IMG", "my-pi-copy")]
    [InlineData("/x/a..b.img.gz", "a.b")]
    [InlineData("/x/disk", "disk")]
    public void An_image_is_named_after_its_file(string file, string name) => Assert.Equal(name, StorageNames.ImageNameFrom(file));

    [Theory]
    [InlineData("/x/.img")]
    [InlineData("/x/???.img.xz")]
    public void A_file_without_a_usable_name_needs_one(string file) => Assert.Throws<StorageException>(() => StorageNames.ImageNameFrom(file));

    [Theory]
    [InlineData("/srv/bramble", true)]
    [InlineData("/srv/bramble/", true)]
    [InlineData("srv", false)]
    [InlineData("/", false)]
    [InlineData("/srv/my data", false)]
    [InlineData("/srv/a(rw)", false)]
    public void The_data_folder_needs_no_quoting(string folder, bool isGood)
    {
        if (isGood)
            Assert.Equal("/srv/bramble", StorageNames.RequireFolder(folder));
        else
            Assert.Throws<StorageException>(() => StorageNames.RequireFolder(folder));
    }

    [Fact]
    public void A_request_with_a_bad_value_is_refused()
    {
        RootRequest good = Box.Request("pi-1");
        StorageNames.Require(good);
        RootRequest[] bad =
        [
            good with { Client = "../x" }, good with { Image = "../x" }, good with { HostName = "a b" }, good with { HostName = "a\n10.0.0.1 x" }, good with { ServerAddress = "host" },
            good with { ServerAddress = "0.0.0.0" }, good with { BeaconPort = 0 }, good with { BeaconPort = 65536 }, good with { BeaconToken = "';reboot'" }, good with { BeaconToken = good.BeaconToken.ToUpperInvariant()[..31] + "G" },
        ];
        Assert.All(bad, request => Assert.Throws<StorageException>(() => StorageNames.Require(request)));
    }

    [Fact]
    public void Secrets_do_not_get_into_a_log()
    {
        Assert.DoesNotContain("0011", Box.Request("pi-1").ToString(), StringComparison.Ordinal);
        ClientRoot root = new() { Client = "pi-1", Image = "pi", Kind = RootKind.Iscsi, BootFolder = "/b", ChapSecret = "abcdefgh12345678" };
        Assert.DoesNotContain("abcdefgh", root.ToString(), StringComparison.Ordinal);
    }
}
