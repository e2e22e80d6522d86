using System.Diagnostics;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;

namespace Bramble.Tftp.Tests.Content;

public sealed class DiskContentCacheTests : IDisposable
{
    private readonly FolderFiles _files = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DiskContentCache.ChunkBytes)]
    [InlineData(DiskContentCache.ChunkBytes + 1)]
    [InlineData(1_000_000)]
    public void Files_are_read_whole_in_blocks_of_any_size(int length)
    {
        byte[] expected = _files.Write("a/b/file", length);
        using ITftpContent content = _files.Open(default, "a/b/file").Content!;
        Assert.Equal(length, content.Length);
        Assert.Equal(expected, ReadAll(content, 1468));
        Assert.Equal(expected, ReadAll(content, 200_000));
        Assert.Equal(0, content.Read(length, new byte[10]));
        Assert.Equal(0, content.Read(length + 100_000, new byte[10]));
    }

    [Theory]
    [InlineData(DiskContentCache.MaxFileBytes + 1)]
    [InlineData(8L << 40)]
    public void Sparse_file_over_the_limit_is_refused_and_costs_neither_memory_nor_a_descriptor(long length)
    {
        WriteSparse("huge", length);
        long memory = GC.GetTotalAllocatedBytes(precise: true);
        int descriptors = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 50; i++)
        {
            TftpOpenResult result = _files.Open(default, "huge");
            Assert.Equal((null, TftpErrorCode.AccessViolation), (result.Content, result.Error));
            Assert.Equal("The file is larger than 512 MiB, the limit for a boot file", result.Message);
        }

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - memory, 0, 1 << 20);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 20);
    }

    [Fact]
    public void Sparse_files_at_the_limit_take_memory_only_for_what_is_read()
    {
        long memory = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 100; i++)
        {
            WriteSparse($"large{i}", DiskContentCache.MaxFileBytes);
            using ITftpContent content = _files.Open(default, $"large{i}").Content!;
            Assert.Equal(10, content.Read(DiskContentCache.MaxFileBytes - 10, new byte[100]));
        }

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - memory, 0, 4 << 20);
    }

    [Fact]
    public void Nothing_outside_the_folder_can_be_opened()
    {
        string outside = Directory.CreateTempSubdirectory("bramble-outside-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "secret"), "secret");
            _files.Write("inside", 5);
            Link("absolute", Path.Combine(outside, "secret"));
            Link("relative", "../" + Path.GetFileName(outside) + "/secret");
            Link("folder", outside);
            Link("magic", "/proc/self/fd");
            Link("own", Path.Combine(_files.Folder, "inside"));
            Link("loop", "loop");
            foreach (string path in new[] { "absolute", "relative", "folder/secret", "magic/0", "own", "loop", "../" + Path.GetFileName(outside) + "/secret", "/etc/hostname" })
            {
                Assert.Equal(TftpOpenResult.Denied with { Message = "Access violation: the path leads out of the folder" }, _files.Open(default, path));
            }
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Symlinks_that_stay_inside_are_followed()
    {
        byte[] expected = _files.Write("kernels/kernel8.img", 100);
        Link("kernel8.img", "kernels/kernel8.img");
        Link("kernels/up.img", "../kernels/kernel8.img");
        Assert.Equal(expected, ReadAll(_files.Open(default, "kernel8.img").Content!, 512));
        Assert.Equal(expected, ReadAll(_files.Open(default, "kernels/up.img").Content!, 512));
    }

    [Fact]
    public void Only_regular_files_are_opened()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "folder"));
        using (Process mkfifo = Process.Start("mkfifo", Path.Combine(_files.Folder, "pipe")))
        {
            mkfifo.WaitForExit();
        }

        Link("dangling", "nowhere");
        _files.Write("file", 1);
        foreach (string path in new[] { "folder", "pipe", "dangling", "missing", "file/below", "missing/below", new string('x', 300) })
        {
            Assert.Equal(TftpOpenResult.NotFound, _files.Open(default, path));
        }

        Assert.Equal(TftpOpenResult.NotFound, _files.Cache.Open("/nonexistent-folder", "file"));
    }

    [Fact]
    public void A_file_that_is_replaced_stays_in_its_old_version_for_those_who_began_with_it()
    {
        byte[] old = _files.Write("file", 500_000);
        using ITftpContent before = _files.Open(default, "file").Content!;
        byte[] renewed = _files.Write("new", 400_000);
        File.Move(Path.Combine(_files.Folder, "new"), Path.Combine(_files.Folder, "file"), overwrite: true);
        using ITftpContent after = _files.Open(default, "file").Content!;
        Assert.Equal(old, ReadAll(before, 1468));
        Assert.Equal(renewed, ReadAll(after, 1468));
    }

    [Fact]
    public void A_removed_file_is_read_to_its_end()
    {
        byte[] expected = _files.Write("file", 500_000);
        using ITftpContent content = _files.Open(default, "file").Content!;
        File.Delete(Path.Combine(_files.Folder, "file"));
        Assert.Equal(expected, ReadAll(content, 1468));
    }

    [Fact]
    public void A_file_that_is_overwritten_in_place_is_never_served_torn()
    {
        byte[] old = _files.Write("file", 500_000);
        using ITftpContent before = _files.Open(default, "file").Content!;
        byte[] start = new byte[1000];
        Assert.Equal(1000, before.Read(0, start));
        byte[] renewed = [.. old.Select(b => (byte)~b)];
        File.WriteAllBytes(Path.Combine(_files.Folder, "file"), renewed);

        byte[] rest = ReadAll(before, 1468);
        Assert.True(old.AsSpan().StartsWith(rest), "bytes of the new version came into the old one");
        Assert.True(rest.Length < old.Length, "the old version cannot be whole any more");
        using ITftpContent after = _files.Open(default, "file").Content!;
        Assert.Equal(renewed, ReadAll(after, 1468));
    }

    [Fact]
    public void A_small_file_keeps_its_version_even_when_overwritten_in_place()
    {
        byte[] old = _files.Write("config.txt", 4000);
        using ITftpContent before = _files.Open(default, "config.txt").Content!;
        File.WriteAllText(Path.Combine(_files.Folder, "config.txt"), "new");
        Assert.Equal(old, ReadAll(before, 1468));
    }

    [Fact]
    public void A_file_is_open_once_however_many_read_it()
    {
        _files.Write("file", 300_000);
        List<ITftpContent> contents = [.. Enumerable.Range(0, 20).Select(_ => _files.Open(default, "file").Content!)];
        Assert.Equal(1, _files.Cache.OpenFiles);
        contents.ForEach(c => ReadAll(c, 8192));
        Assert.Equal(19 * DiskContentCache.ChunkBytes, _files.Cache.CachedBytes);
        contents.ForEach(c => c.Dispose());
        Assert.Equal(1, _files.Cache.OpenFiles);
        _files.Cache.DropIdle();
        Assert.Equal(0, _files.Cache.OpenFiles);
    }

    [Fact]
    public void Memory_and_idle_files_are_bounded()
    {
        using var cache = new DiskContentCache(4 * DiskContentCache.ChunkBytes);
        for (int i = 0; i < 300; i++)
        {
            byte[] expected = _files.Write($"file{i}", i % 3 == 0 ? 700_000 : 10);
            using ITftpContent content = cache.Open(_files.Folder, $"file{i}").Content!;
            Assert.Equal(expected, ReadAll(content, 1468));
        }

        Assert.True(cache.CachedBytes <= 4 * DiskContentCache.ChunkBytes);
        Assert.True(cache.OpenFiles <= 128, $"{cache.OpenFiles} files are open");
    }

    [Fact]
    public void Several_loops_may_read_at_once()
    {
        using var cache = new DiskContentCache(3 * DiskContentCache.ChunkBytes);
        byte[] expected = _files.Write("file", 2_000_000);
        Parallel.For(0, 16, _ =>
        {
            using ITftpContent content = cache.Open(_files.Folder, "file").Content!;
            Assert.Equal(expected, ReadAll(content, 1468));
        });
    }

    [Fact]
    public void Empty_files_are_refused_where_asked_to()
    {
        _files.Write("empty", 0);
        using var cache = new DiskContentCache { RefusesEmptyFiles = true };
        Assert.Equal(TftpOpenResult.NotFound, cache.Open(_files.Folder, "empty"));
        Assert.NotNull(_files.Open(default, "empty").Content);
    }

    [Fact]
    public void After_the_end_contents_read_nothing()
    {
        _files.Write("file", 300_000);
        var cache = new DiskContentCache();
        ITftpContent content = cache.Open(_files.Folder, "file").Content!;
        cache.Dispose();
        Assert.Equal(0, content.Read(0, new byte[10]));
        content.Dispose();
        Assert.Equal(0, content.Read(0, new byte[10]));
    }

    public void Dispose() => _files.Dispose();

    private static byte[] ReadAll(ITftpContent content, int blockSize)
    {
        var all = new MemoryStream();
        byte[] block = new byte[blockSize];
        while (true)
        {
            int count = content.Read(all.Length, block);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(block, 0, count);
        }
    }

    private void WriteSparse(string name, long length)
    {
        using FileStream file = File.Create(Path.Combine(_files.Folder, name));
        file.SetLength(length);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_files.Folder, name), target);
}
