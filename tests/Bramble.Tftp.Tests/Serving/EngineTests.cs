using System.Net;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Serving;

/// <summary>Fairness, bounds, several loops, new settings.</summary>
public sealed class EngineTests
{
    private static readonly TftpOptionSet s_pi5 = TestClient.Options((TftpOptionKind.TransferSize, 0), (TftpOptionKind.BlockSize, 1468));

    [Fact]
    public void A_window_of_megabytes_leaves_everybody_else_a_turn_after_each_share()
    {
        // 64 blocks of 64 KB are 64 shares. While the loop is held at the first of them, 16 others acknowledge.
        var reads = new ReadLog();
        using var gate = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        using var fixture = new ServerFixture(files: new NamedFiles(name => new WatchedContent(64 * 65464, offset =>
        {
            if (name == "greedy" && offset == 0)
            {
                reached.Set();
                gate.Wait();
            }

            reads.Add(name);
        })));
        using var greedy = new TestClient(fixture.Endpoint);
        greedy.Request("greedy", TestClient.Options((TftpOptionKind.BlockSize, 65464), (TftpOptionKind.WindowSize, 64)));
        Assert.Equal("blksize 65464 windowsize 64", greedy.ReceiveOptions());
        List<TestClient> others = [.. Enumerable.Range(0, 16).Select(_ => new TestClient(fixture.Endpoint))];
        foreach (TestClient other in others)
        {
            other.Request("other", s_pi5);
            other.ReceiveOptions();
        }

        greedy.Acknowledge(0);
        Assert.True(reached.Wait(TimeSpan.FromSeconds(10)));
        others.ForEach(other => other.Acknowledge(0));
        gate.Set();
        foreach (TestClient other in others)
        {
            Assert.True(TftpPacketReader.TryReadData(other.Receive(), out _, out _));
            other.Dispose();
        }

        reads.WaitFor(64 + 16);
        string[] order = reads.Names;
        int lastOther = Array.LastIndexOf(order, "other");
        Assert.InRange(order[..lastOther].Count(name => name == "greedy"), 1, 4);
    }

    [Fact]
    public void A_window_larger_than_a_share_comes_whole_and_in_order()
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("f", 3_000_000);
        using var client = new TestClient(fixture.Endpoint);
        Assert.Equal(expected, client.Fetch("f", TestClient.Options((TftpOptionKind.BlockSize, 20_000), (TftpOptionKind.WindowSize, 16))));
    }

    [Fact]
    public void A_file_that_is_replaced_during_a_transfer_comes_whole_in_the_version_that_it_began_with()
    {
        using var fixture = new ServerFixture();
        byte[] old = fixture.Files.Write("f", 600_000);
        fixture.Files.Write("new", 500_000);
        using var client = new TestClient(fixture.Endpoint);

        (byte[] content, string? error) = client.FetchWhile("f", s_pi5, atBlock: 100, () =>
            File.Move(Path.Combine(fixture.Files.Folder, "new"), Path.Combine(fixture.Files.Folder, "f"), overwrite: true));

        Assert.Null(error);
        Assert.Equal(old, content);
        Assert.Equal(FolderFiles.Pattern(500_000), client.Fetch("f", s_pi5));
    }

    [Fact]
    public void A_file_that_is_overwritten_during_a_transfer_ends_it_before_a_byte_of_the_new_version_is_sent()
    {
        using var fixture = new ServerFixture();
        byte[] old = fixture.Files.Write("f", 600_000);
        byte[] renewed = [.. old.Select(b => (byte)~b)];
        using var client = new TestClient(fixture.Endpoint);

        (byte[] content, string? error) = client.FetchWhile("f", s_pi5, atBlock: 100, () => File.WriteAllBytes(Path.Combine(fixture.Files.Folder, "f"), renewed));

        Assert.Equal("The file changed while it was being read", error);
        Assert.True(old.AsSpan().StartsWith(content), "bytes of the new version came into the old one");
        Assert.Equal(renewed, client.Fetch("f", s_pi5));
    }

    [Fact]
    public void Two_workers_both_serve_and_a_repeated_request_finds_the_same_one()
    {
        using var fixture = new ServerFixture(o => o with { Workers = 2 });
        byte[] expected = fixture.Files.Write("f", 100_000);
        var transferPorts = new HashSet<int>();
        for (int i = 0; i < 100 && transferPorts.Count < 2; i++)
        {
            using var client = new TestClient(fixture.Endpoint);
            client.Request("f", s_pi5);
            client.Request("f", s_pi5);
            client.ReceiveOptions();
            Assert.False(client.HasPacketWithin(5));
            transferPorts.Add(((IPEndPoint)client.Peer!).Port);
            Assert.Equal(expected, client.Fetch("f", s_pi5));
        }

        Assert.Equal(2, transferPorts.Count);
        Assert.Equal(2, fixture.Server.Heartbeats.Count);
    }

    [Fact]
    public void Settings_that_need_a_restart_are_named_and_stay_and_the_others_apply()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 3000);
        fixture.Server.Reconfigure(fixture.Options with { MaxBlockSize = 1000 });
        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("restart", StringComparison.Ordinal));

        fixture.Server.Reconfigure(fixture.Options with { MaxBlockSize = 512, Port = 6969, Workers = 2 });

        Assert.Contains(fixture.Log.Lines, line => line.StartsWith("Warning: TFTP goes on with its old port, number of workers;", StringComparison.Ordinal));
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        Assert.Equal("tsize 3000 blksize 512", client.ReceiveOptions());
        Assert.Single(fixture.Server.Heartbeats);
    }

    [Fact]
    public void Without_room_for_another_transfer_the_client_is_told_and_ended_ones_make_room()
    {
        using var fixture = new ServerFixture(o => o with { MaxTransfers = 2 });
        byte[] expected = fixture.Files.Write("f", 3000);
        using var running = new TestClient(fixture.Endpoint);
        running.Request("f", s_pi5);
        running.ReceiveOptions();
        for (int i = 0; i < 10; i++)
        {
            // Each of them ends and stays for late packets, until the next one needs its place.
            using var client = new TestClient(fixture.Endpoint);
            Assert.Equal(expected, client.Fetch("f", s_pi5));
        }

        using var second = new TestClient(fixture.Endpoint);
        second.Request("f", s_pi5);
        second.ReceiveOptions();
        using var third = new TestClient(fixture.Endpoint);
        third.Request("f", s_pi5);
        Assert.Contains("ask again later", third.ReceiveError().Message, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Server.Counters[TftpCounter.TooManyTransfers]);
        running.Acknowledge(0);
        Assert.True(TftpPacketReader.TryReadData(running.Receive(), out _, out _));
    }

    [Fact]
    public void A_forged_request_gets_its_answer_and_two_repeats_and_no_more()
    {
        using var fixture = new ServerFixture(Impatient);
        fixture.Files.Write("f", 3000);
        using var victim = new TestClient(fixture.Endpoint);
        victim.Request("f", s_pi5);

        Assert.Equal(TftpTransferOutcome.TimedOut, fixture.Events.NextEnd().Outcome);

        Assert.Equal(3, Drain(victim));
    }

    [Fact]
    public void However_many_requests_are_forged_unasked_repeats_stay_few()
    {
        using var fixture = new ServerFixture(Impatient);
        fixture.Files.Write("f", 3000);
        const int requests = 300;
        List<TestClient> ports = [.. Enumerable.Range(0, requests).Select(_ => new TestClient(fixture.Endpoint))];
        long start = Environment.TickCount64;
        foreach (TestClient port in ports)
        {
            port.Request("f", s_pi5);
        }

        for (int i = 0; i < requests; i++)
        {
            Assert.Equal(TftpTransferOutcome.TimedOut, fixture.Events.NextEnd().Outcome);
        }

        // One answer each, and of the two repeats that each would get, a hundred and twenty more a second for all of them.
        double seconds = (Environment.TickCount64 - start) / 1000.0;
        Assert.InRange(ports.Sum(Drain), requests, requests + 100 + (20 * seconds) + 1);
        ports.ForEach(port => port.Dispose());
    }

    private static TftpOptions Impatient(TftpOptions options) => options with
    {
        Timeout = TimeSpan.FromMilliseconds(20),
        MaxTimeout = TimeSpan.FromMilliseconds(40),
        MaxRetries = 4,
    };

    private static int Drain(TestClient client)
    {
        int packets = 0;
        while (client.HasPacketWithin(0))
        {
            client.Receive();
            packets++;
        }

        return packets;
    }

    private sealed class NamedFiles(Func<string, ITftpContent> open) : ITftpFiles
    {
        public TftpOpenResult Open(Ipv4Address client, string path) => TftpOpenResult.Of(open(path));
    }

    private sealed class WatchedContent(long length, Action<long> onRead) : ITftpContent
    {
        public long Length => length;

        public int Read(long offset, Span<byte> destination)
        {
            onRead(offset);
            return destination.Length;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>The order in which the server's loop read for its clients.</summary>
    private sealed class ReadLog
    {
        private readonly List<string> _names = [];

        public string[] Names
        {
            get
            {
                lock (_names)
                {
                    return [.. _names];
                }
            }
        }

        public void Add(string name)
        {
            lock (_names)
            {
                _names.Add(name);
                Monitor.PulseAll(_names);
            }
        }

        public void WaitFor(int count)
        {
            lock (_names)
            {
                while (_names.Count < count)
                {
                    Assert.True(Monitor.Wait(_names, TimeSpan.FromSeconds(10)));
                }
            }
        }
    }
}
