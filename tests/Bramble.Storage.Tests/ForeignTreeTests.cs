using Bramble.Linux.Files;
using Xunit;

namespace Bramble.Storage.Tests;

public sealed class ForeignTreeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-tree-").FullName;
    private readonly ForeignTree _tree;

    public ForeignTreeTests()
    {
        Directory.CreateDirectory($"{_folder}/tree/etc");
        Directory.CreateDirectory($"{_folder}/outside");
        File.WriteAllText($"{_folder}/outside/secret", "secret");
        _tree = ForeignTree.Open($"{_folder}/tree");
    }

    [Fact]
    public void Links_are_resolved_as_the_other_machine_would()
    {
        Directory.CreateDirectory($"{_folder}/tree/usr/lib");
        File.WriteAllText($"{_folder}/tree/usr/lib/os-release", "x");
        File.CreateSymbolicLink($"{_folder}/tree/lib", "/usr/lib");
        File.CreateSymbolicLink($"{_folder}/tree/etc/os-release", "../../../../usr/lib/os-release");
        Assert.Equal("x"u8, _tree.ReadFile("lib/os-release")!);
        Assert.Equal("x"u8, _tree.ReadFile("etc/os-release")!);
        Assert.Equal(["os-release"], _tree.List("lib"));
        Assert.True(_tree.WriteFile("lib/new", "y"u8));
        Assert.Equal("y", File.ReadAllText($"{_folder}/tree/usr/lib/new"));
    }

    [Fact]
    public void No_link_leads_out()
    {
        File.CreateSymbolicLink($"{_folder}/tree/absolute", $"{_folder}/outside");
        File.CreateSymbolicLink($"{_folder}/tree/etc/relative", "../../outside");
        File.CreateSymbolicLink($"{_folder}/tree/file", $"{_folder}/outside/secret");
        foreach (string folder in new[] { "absolute", "etc/relative" })
        {
            Assert.Null(_tree.ReadFile($"{folder}/secret"));
            Assert.False(_tree.Exists($"{folder}/secret"));
            Assert.Empty(_tree.List(folder));
            Assert.False(_tree.Delete($"{folder}/secret"));
            Assert.Throws<SystemCallException>(() => _tree.WriteFile($"{folder}/secret", "spoilt"u8));
            Assert.Throws<SystemCallException>(() => _tree.WriteSymlink($"{folder}/link", "x"));
        }

        Assert.Null(_tree.ReadFile("file"));
        Assert.Null(_tree.ReadFile("../outside/secret"));
        Assert.Null(_tree.ReadFile("../../../../../../../../etc/passwd"));
        Assert.True(_tree.WriteFile("file", "mine"u8));
        Assert.Null(new FileInfo($"{_folder}/tree/file").LinkTarget);
        Assert.Equal("secret", File.ReadAllText($"{_folder}/outside/secret"));
        Assert.Single(Directory.EnumerateFileSystemEntries($"{_folder}/outside"));
    }

    [Fact]
    public void Devices_folders_and_links_to_them_are_not_read()
    {
        File.CreateSymbolicLink($"{_folder}/tree/zero", "/dev/zero");
        File.CreateSymbolicLink($"{_folder}/tree/loop", "loop");
        File.CreateSymbolicLink($"{_folder}/tree/magic", "/proc/self/root/etc/passwd");
        foreach (string path in new[] { "zero", "loop", "magic", "etc", "nothing", "nothing/at/all" })
            Assert.Null(_tree.ReadFile(path));
        Assert.Equal(FileKind.Symlink, _tree.Kind("zero"));
        Assert.Null(_tree.Kind("nothing/at/all"));
    }

    [Fact]
    public void A_write_makes_folders_and_keeps_permissions()
    {
        Assert.True(_tree.WriteFile("a/b/c", "1"u8, UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.False(_tree.WriteFile("a/b/c", "1"u8));
        Assert.True(_tree.WriteFile("a/b/c", "2"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{_folder}/tree/a/b/c"));
        Assert.True(_tree.WriteFile("a/b/c", "2"u8, UnixFileMode.UserRead));
        Assert.Equal(["c"], _tree.List("a/b"));
        Assert.True(_tree.Delete("a/b/c"));
        Assert.False(_tree.Delete("a/b/c"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/..")]
    [InlineData(".")]
    public void A_path_needs_a_name(string path) => Assert.Throws<ArgumentException>(() => _tree.WriteFile(path, "x"u8));

    [Fact]
    public void An_atomic_write_has_exactly_the_permissions_asked_for_and_leaves_no_temporary_file()
    {
        string path = $"{_folder}/outside/state";
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        AtomicFile.WriteAllBytes(path, "1"u8, mode);
        Assert.Equal(mode, File.GetUnixFileMode(path));
        AtomicFile.WriteAllBytes(path, "22"u8, UnixFileMode.UserRead);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(path));
        Assert.Equal("22", File.ReadAllText(path));
        Directory.CreateDirectory($"{_folder}/outside/folder/x");
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteAllBytes($"{_folder}/outside/folder", "3"u8, mode));
        Assert.Equal(["folder", "secret", "state"], Directory.EnumerateFileSystemEntries($"{_folder}/outside").Select(Path.GetFileName).Order());
    }

    public void Dispose()
    {
        _tree.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
