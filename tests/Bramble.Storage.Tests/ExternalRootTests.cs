using Bramble.Storage.Contract;
using Xunit;

namespace Bramble.Storage.Tests;

public sealed class ExternalRootTests
{
    [Fact]
    public void An_export_is_read()
    {
        ExternalRoot root = ExternalRoot.Parse("nfs://192.168.1.2/srv/pi-1");
        Assert.Equal(("192.168.1.2", "/srv/pi-1"), (root.Server.ToString(), root.Path));
        Assert.Null(root.TargetName);
    }

    [Theory]
    [InlineData("iscsi://10.0.0.1/iqn.2001-01.org.example:disk", 3260, 0, null, null, "/dev/disk/by-path/ip-10.0.0.1:3260-iscsi-iqn.2001-01.org.example:disk-lun-0")]
    [InlineData("iscsi://pi%s3cr3t!@10.0.0.1:3261/iqn.2001-01.org.example:disk/4", 3261, 4, "pi", "s3cr3t!", "/dev/disk/by-path/ip-10.0.0.1:3261-iscsi-iqn.2001-01.org.example:disk-lun-4")]
    [InlineData("iscsi://10.0.0.1/iqn.2001-01.org.example:disk/1?root=LABEL=rootfs", 3260, 1, null, null, "LABEL=rootfs")]
    public void A_disk_is_read(string text, int port, int lun, string? user, string? secret, string device)
    {
        ExternalRoot root = ExternalRoot.Parse(text);
        Assert.Equal(("10.0.0.1", "iqn.2001-01.org.example:disk", port, lun, user, secret, device), (root.Server.ToString(), root.TargetName, root.Port, root.Lun, root.User, root.Secret, root.Device));
        Assert.DoesNotContain("s3cr3t", root.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nfs://server/srv")]
    [InlineData("nfs://0.0.0.0/srv")]
    [InlineData("nfs://10.0.0.1/")]
    [InlineData("nfs://10.0.0.1/a b")]
    [InlineData("nfs://10.0.0.1/a,vers=2")]
    [InlineData("nfs://10.0.0.1/a\ninit=/bin/sh")]
    [InlineData("iscsi://10.0.0.1")]
    [InlineData("iscsi://10.0.0.1/disk")]
    [InlineData("iscsi://10.0.0.1:0/iqn.2001-01.org.example:disk")]
    [InlineData("iscsi://10.0.0.1:99999/iqn.2001-01.org.example:disk")]
    [InlineData("iscsi://10.0.0.1/iqn.2001-01.org.example:disk/256")]
    [InlineData("iscsi://u%a b@10.0.0.1/iqn.2001-01.org.example:disk")]
    [InlineData("iscsi://10.0.0.1/iqn.2001-01.org.example:disk?root=a b")]
    [InlineData("http://10.0.0.1/a")]
    public void What_is_no_root_is_refused(string text) => Assert.Throws<StorageException>(() => ExternalRoot.Parse(text));
}
