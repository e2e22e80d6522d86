using Bramble.Storage.Exports;
using Xunit;

namespace Bramble.Storage.Tests.Exports;

public sealed class ExportsTextTests
{
    [Fact]
    public void Each_folder_is_open_to_one_address()
    {
        string text = ExportsText.Write([NfsExport.Of("pi-2", "root", 1, "/srv/b/clients/pi-2/root", "10.0.0.2"), NfsExport.Of("pi-1", "root", 1, "/srv/b/clients/pi-1/root", "10.0.0.1")]);
        string[] lines = text.TrimEnd().Split('\n');
        Assert.StartsWith("#", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^/srv/b/clients/pi-1/root 10\.0\.0\.1\(rw,sync,no_subtree_check,no_root_squash,fsid=[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\)$", lines[1]);
        Assert.StartsWith("/srv/b/clients/pi-2/root 10.0.0.2(", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_filesystem_id_depends_on_client_and_folder_alone()
    {
        Guid id = NfsExport.Of("pi-1", "root", 1, "/a", "10.0.0.1").Id;
        Assert.Equal(id, NfsExport.Of("pi-1", "root", 1, "/b", "10.0.0.9").Id);
        Assert.NotEqual(id, NfsExport.Of("pi-1", "boot", 1, "/a", "10.0.0.1").Id);
        Assert.NotEqual(id, NfsExport.Of("pi-2", "root", 1, "/a", "10.0.0.1").Id);
    }

    [Theory]
    [InlineData("/a/root\t10.0.0.1(rw,sync,wdelay)\n", true)]
    [InlineData("/x\t*(ro)\n/a/root\t10.0.0.1(rw)", true)]
    [InlineData("/a/root\t10.0.0.11(rw)\n", false)]
    [InlineData("/a/root2\t10.0.0.1(rw)\n", false)]
    [InlineData("/a/root 10.0.0.1(rw)\n", false)]
    [InlineData("", false)]
    [InlineData("\0\t\u00ff\n\t\n", false)]
    public void The_table_of_exports_is_read(string table, bool isListed) => Assert.Equal(isListed, ExportsText.IsListed(table, "/a/root", "10.0.0.1"));
}
