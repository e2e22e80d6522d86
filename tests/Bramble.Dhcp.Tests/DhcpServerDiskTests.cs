using System.Net;
using System.Net.Sockets;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Tests.Leases;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Dhcp.Tests;

/// <summary>The loop on the loopback interface with a disk that the test holds up, and packets that the kernel keeps from it.</summary>
public sealed class DhcpServerDiskTests : IDisposable
{
    private const int Clients = 100;

    private readonly TestPolicy _policy = new() { KeepEvents = false };
    private readonly TestLeaseFile _file = new() { Forgets = true };
    private readonly DhcpOptions _options;
    private readonly DhcpServer _server;

    public DhcpServerDiskTests()
    {
        _options = new DhcpOptions
        {
            Mode = DhcpMode.Server,
            JournalPath = "/nonexistent",
            ServerPort = FreePort(),
            ClientPort = FreePort(),
            Interfaces =
            [
                new DhcpInterfaceOptions
                {
                    Name = "lo",
                    Address = Ipv4Address.Parse("127.0.0.1"),
                    Subnet = TestBench.Subnet("127.0.0.0/24"),
                    PoolFirst = Address(0),
                    PoolLast = Address(Clients),
                },
            ],
        };
        _server = Server(TimeProvider.System);
    }

    public void Dispose()
    {
        _file.Disk.Set();
        _server.Dispose();
    }

    [Fact]
    public void An_ack_waits_for_the_disk_and_nothing_waits_for_the_ack()
    {
        _server.Start();
        using Socket first = Client(1);
        using Socket second = Client(2);
        _file.Disk.Reset();
        Send(first, Renewal(1));
        Assert.True(_file.Writing.Wait(TimeSpan.FromSeconds(10)));

        // The loop has them one after the other, and this one needs no lease.
        Send(second, new ClientMessage(DhcpMessageType.Inform, Mac(2), ciaddr: Address(2)).Build());
        Assert.Equal(DhcpMessageType.Ack, Receive(second));
        Assert.Equal(0, first.Available);

        _file.Disk.Set();
        Assert.Equal(DhcpMessageType.Ack, Receive(first));
        Assert.Equal((2L, 2L), (_server.Counters.Received, _server.Counters.Sent));
    }

    [Fact]
    public void An_ack_whose_lease_cannot_be_written_is_not_sent()
    {
        _file.WriteFails = true;
        _server.Start();
        using Socket client = Client(1);
        Send(client, Renewal(1));
        Assert.True(SpinWait.SpinUntil(() => Drops(DhcpDropReason.NotDurable) == 1, TimeSpan.FromSeconds(10)));
        Assert.Equal((0L, 0), (_server.Counters.Sent, client.Available));

        // The same request again: there is nothing new to write, and yet it must not be answered before the first is written.
        Send(client, Renewal(1));
        Assert.True(SpinWait.SpinUntil(() => Drops(DhcpDropReason.NotDurable) == 2, TimeSpan.FromSeconds(10)));
        _file.WriteFails = false;
        Send(client, Renewal(1));
        Assert.Equal(DhcpMessageType.Ack, Receive(client));
    }

    [Fact]
    public async Task The_end_waits_for_the_disk_and_sends_what_waited()
    {
        _server.Start();
        using Socket client = Client(1);
        _file.Disk.Reset();
        Send(client, Renewal(1));
        Assert.True(_file.Writing.Wait(TimeSpan.FromSeconds(10)));
        Task stop = Task.Run(_server.Stop);
        _file.Disk.Set();
        Assert.Equal(DhcpMessageType.Ack, Receive(client));
        await stop;
    }

    [Fact]
    public void Foreign_packets_do_not_reach_the_loop()
    {
        _server.Start();
        using Socket client = Client(1);
        byte[] good = Renewal(1);
        foreach ((int offset, byte value) in ((int, byte)[])[
            (DhcpHeader.Op, 2), (DhcpHeader.Op, 0), (DhcpHeader.Htype, 6), (DhcpHeader.Hlen, 16), (DhcpHeader.Hops, 17),
            (DhcpHeader.Cookie, 0), (DhcpHeader.Cookie + 3, 0)])
        {
            byte[] foreign = (byte[])good.Clone();
            foreign[offset] = value;
            Send(client, foreign);
        }

        Send(client, []);
        Send(client, good[..DhcpHeader.Options][..^1]);
        byte[] relayed = (byte[])good.Clone();
        relayed[DhcpHeader.Hops] = DhcpHeader.MaximumHops;
        Send(client, relayed);

        Assert.Equal(DhcpMessageType.Ack, Receive(client));
        Assert.Equal(1, _server.Counters.Received);
        Assert.Empty(_server.Counters.Drops);
    }

    [Fact]
    public void No_packet_of_a_known_client_allocates()
    {
        // The loop's turns on this thread, so that what they allocate can be counted, and a clock that stands still, so that it is
        // packets that they handle and nothing else. Of three exchanges one has a lease to write, and one an address to give back.
        using DhcpServer server = Server(new StillClock());
        server.Open();
        using UdpSocket socket = UdpSocket.Bind(new UdpEndpoint(Ipv4Address.Any, (ushort)_options.ClientPort), new UdpSocketSettings { ReceiveBufferBytes = 1 << 20 });
        using var sending = new UdpSendBatch(Clients, UdpSendBatch.MaxMessageBytes);
        using var received = new UdpReceiveBatch(Clients, 1500);
        var endpoint = new UdpEndpoint(_options.Interfaces[0].Address, (ushort)_options.ServerPort);
        byte[][] renewals = [.. Enumerable.Range(0, Clients).Select(Renewal)];
        byte[][] releases = [.. Enumerable.Range(0, Clients).Select(i => new ClientMessage(DhcpMessageType.Release, Mac(i), ciaddr: Address(i)).Build())];
        int rounds = 0;
        Round();
        Round();
        Round();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                Round();
            }
        }));
        Assert.Equal(rounds * 2 * Clients, server.Counters.Sent);
        Assert.True(_file.Writes > 0);

        void Round()
        {
            rounds++;
            Exchange(renewals, answered: true);
            Exchange(renewals, answered: true);
            Exchange(releases, answered: false);
        }

        void Exchange(byte[][] messages, bool answered)
        {
            long handled = server.PacketsReceived + messages.Length;
            for (int i = 0; i < messages.Length; i++)
            {
                messages[i].CopyTo(sending.Reserve(messages[i].Length));
                sending.Commit(messages[i].Length, endpoint, Address(i));
            }

            sending.Flush(socket);
            int answers = 0;
            while (server.PacketsReceived < handled || (answered && answers < messages.Length))
            {
                server.Turn();
                answers += received.Receive(socket);
            }
        }
    }

    private static Ipv4Address Address(int client) => new(0x7F000064 + (uint)client);

    private static string Mac(int client) => $"52:54:00:00:00:{client:x2}";

    private static byte[] Renewal(int client) => new ClientMessage(DhcpMessageType.Request, Mac(client), ciaddr: Address(client)).Build();

    private static DhcpMessageType Receive(Socket client)
    {
        byte[] buffer = new byte[1500];
        return new ServerMessage(buffer[..client.Receive(buffer)], default).Type;
    }

    private static int FreePort()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)free.LocalEndPoint!).Port;
    }

    private DhcpServer Server(TimeProvider time) => new(_options, _policy, _policy, time, NullLogger.Instance)
    {
        OpenJournal = (path, logger, book) => LeaseJournal.Open(path, _file, logger, book),
    };

    private long Drops(DhcpDropReason reason) => _server.Counters.Drops.GetValueOrDefault(reason);

    private Socket Client(int client)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Bind(new IPEndPoint(Address(client).ToIPAddress(), _options.ClientPort));
        return socket;
    }

    private void Send(Socket client, byte[] message) => client.SendTo(message, new IPEndPoint(IPAddress.Loopback, _options.ServerPort));

    private sealed class StillClock : TimeProvider
    {
        private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
