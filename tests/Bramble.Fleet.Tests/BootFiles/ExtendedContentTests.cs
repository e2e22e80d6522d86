using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Tests.Support;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.BootFiles;

public class ExtendedContentTests
{
    private static readonly byte[] s_archive = [.. Enumerable.Range(101, 100).Select(static i => (byte)i)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 512)]
    [InlineData(511, 512)]
    [InlineData(512, 512)]
    [InlineData(513, 1024)]
    public void Every_part_of_it_is_the_file_then_zeros_then_the_archive(int fileLength, int archiveOffset)
    {
        byte[] file = [.. Enumerable.Range(1, fileLength).Select(static i => (byte)(i % 100 + 1))];
        byte[] whole = [.. file, .. new byte[archiveOffset - fileLength], .. s_archive];
        using var content = new ExtendedContent(new MadeContent(file), s_archive);
        Assert.Equal(whole.Length, content.Length);
        foreach (int size in (int[])[1, 2, 99, 511, 512, 700, 2000])
        {
            for (int offset = 0; offset <= whole.Length + 1; offset++)
            {
                // What was there before is to be written over, also by zeros.
                byte[] read = new byte[size];
                Array.Fill(read, (byte)255);
                int count = content.Read(offset, read);
                Assert.True(whole.AsSpan(Math.Min(offset, whole.Length)..Math.Min(offset + size, whole.Length)).SequenceEqual(read.AsSpan(0, count)), $"{size} bytes from {offset}");
                Assert.DoesNotContain(read[count..], static b => b != 255);
            }
        }
    }

    [Fact]
    public void Of_a_file_that_was_lost_no_byte_is_made_up_and_its_hold_is_given_back()
    {
        var lost = new LostContent();
        var content = new ExtendedContent(lost, s_archive);
        byte[] read = new byte[1000];
        Assert.Equal(30, content.Read(0, read));
        Assert.Equal(0, content.Read(40, read));
        content.Dispose();
        Assert.True(lost.IsDisposed);
    }

    [Fact]
    public void Only_an_initramfs_of_a_client_with_the_script_is_longer_than_its_file()
    {
        string[] longer = ["initramfs8", "initrd.img-6.12", "current/initramfs_2712", "other.gz"];
        string[] same = ["kernel8.img", "start4.elf", "initramfs/readme", "other.gz.sig"];
        var root = new ClientRoot { Client = "pi", Image = "trixie", Kind = RootKind.Nfs, BootFolder = "/boot", RootFolder = "/root", BootScript = "bramble-nfs" };
        byte[] archive = InitramfsFile.ArchiveBehind(root)!;
        foreach (string name in longer)
        {
            Assert.Equal(512 + archive.Length, Length(root, name));
            Assert.Equal(4, Length(root with { BootScript = null }, name));
            Assert.Equal(4, Length(root with { BootScript = "bramble-external" }, name));
        }

        Assert.All(same, name => Assert.Equal(4, Length(root, name)));
        Assert.Null(new BootFileMaker(new FakeReader()).Open(s_client, root, default, "initramfs8", ConfigText.Empty, out _).Content);
    }

    private static readonly Client s_client = new() { Name = "pi" };

    private static long Length(ClientRoot root, string name)
    {
        var reader = new FakeReader { Files = { [name] = "1234" } };
        using ITftpContent? content = new BootFileMaker(reader).Open(s_client, root, default, name, ConfigText.Parse("initramfs other.gz followkernel"), out _).Content;
        return content!.Length;
    }

    /// <summary>Of its 100 bytes, those from the 31st on are gone.</summary>
    private sealed class LostContent : ITftpContent
    {
        public bool IsDisposed { get; private set; }

        public long Length => 100;

        public int Read(long offset, Span<byte> destination) => (int)Math.Clamp(30 - offset, 0, destination.Length);

        public void Dispose() => IsDisposed = true;
    }
}
