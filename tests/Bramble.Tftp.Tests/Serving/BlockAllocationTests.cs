using Bramble.Linux.Net;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Serving;

public sealed class BlockAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    public void Blocks_are_sent_without_allocating(int windowSize)
    {
        var content = new WatchedContent(1400 * 3000);
        using var fixture = new ServerFixture(files: new OneFile(content));
        Assert.Equal(0, LeastAllocated(fixture, content, TestClient.Options((TftpOptionKind.BlockSize, 1400), (TftpOptionKind.WindowSize, windowSize))));
    }

    [Fact]
    public void Blocks_of_a_file_on_disk_are_read_without_allocating()
    {
        using var files = new FolderFiles();
        files.Write("f", 1400 * 3000);
        var content = new WatchedContent(1400 * 3000) { Open = () => files.Open(default, "f").Content! };
        using var fixture = new ServerFixture(files: new OneFile(content));
        Assert.Equal(0, LeastAllocated(fixture, content, TestClient.Options((TftpOptionKind.BlockSize, 1400))));
    }

    // The least of several transfers: what is made once (the first time a block is sent again, say) is no cost of a block.
    private static long LeastAllocated(ServerFixture fixture, WatchedContent content, TftpOptionSet options)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least != 0; attempt++)
        {
            using var client = new TestClient(fixture.Endpoint);
            client.Fetch("f", options);
            Assert.Equal(TftpTransferOutcome.Completed, fixture.Events.NextEnd().Outcome);
            least = Math.Min(least, content.AllocatedAtBlock(2900) - content.AllocatedAtBlock(200));
        }

        return least;
    }

    private sealed class OneFile(ITftpContent content) : ITftpFiles
    {
        public TftpOpenResult Open(Ipv4Address client, string path) => TftpOpenResult.Of(content);
    }

    /// <summary>Notes at each read, which happens on the server's loop, what that thread has allocated until then.</summary>
    private sealed class WatchedContent(long length) : ITftpContent
    {
        private const int BlockSize = 1400;
        private readonly long[] _allocated = new long[(length / BlockSize) + 1];

        private ITftpContent? _source;

        /// <summary>Where the bytes come from, opened once for each transfer; without it they are zeros.</summary>
        public Func<ITftpContent>? Open { get; init; }

        public long Length => length;

        public long AllocatedAtBlock(int block) => _allocated[block];

        public int Read(long offset, Span<byte> destination)
        {
            _allocated[offset / BlockSize] = GC.GetAllocatedBytesForCurrentThread();
            _source ??= Open?.Invoke();
            return _source?.Read(offset, destination) ?? destination.Length;
        }

        public void Dispose()
        {
            _source?.Dispose();
            _source = null;
        }
    }
}
