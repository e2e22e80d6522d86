using System.Net;
using System.Net.Sockets;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Dhcp.Tests;

/// <summary>The server on the loopback interface, on ports that need no rights; clients that have an address speak to it, for that is plain unicast.</summary>
public sealed class DhcpServerTests : IDisposable
{
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("127.0.0.100");

    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-dhcp-").FullName;
    private readonly TestPolicy _policy = new() { KeepEvents = false };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Renews_a_lease_and_keeps_it_over_a_restart()
    {
        DhcpOptions options = Options();
        using Socket client = Client(options);
        using (DhcpServer server = Start(options))
        {
            Assert.Equal(s_address, Renew(client, options).Yiaddr);
            Assert.Equal(DhcpMode.Server, server.CurrentMode);
            Assert.Equal((1L, 1L), (server.Counters.Received, server.Counters.Sent));
        }

        using (DhcpServer server = Start(options))
        {
            Assert.Equal(s_address, Assert.Single(server.Leases).Address);
            Assert.Equal(s_address, Renew(client, options).Yiaddr);
        }
    }

    [Fact]
    public void Takes_over_new_options_without_closing_its_port()
    {
        DhcpOptions options = Options();
        using Socket client = Client(options);
        using DhcpServer server = Start(options);
        Assert.Null(Renew(client, options).Text(15));
        server.Reconfigure(options with { DomainName = "lan" });

        // The loop takes them over before the next packet: Reconfigure ends its wait.
        SpinWait.SpinUntil(() => Renew(client, options).Text(15) is "lan", TimeSpan.FromSeconds(10));
        Assert.Equal("lan", Renew(client, options).Text(15));
        Assert.Throws<DhcpServerException>(() => server.Reconfigure(options with { Interfaces = [] }));
    }

    [Fact]
    public void Port_in_use_is_explained()
    {
        DhcpOptions options = Options();
        using DhcpServer server = Start(options);
        var second = new DhcpServer(options with { JournalPath = options.JournalPath + "2" }, _policy, _policy, TimeProvider.System, NullLogger.Instance);
        DhcpServerException e = Assert.Throws<DhcpServerException>(second.Start);
        Assert.Contains("in use by", e.Message, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_interface_and_bad_pool_are_explained()
    {
        DhcpOptions options = Options();
        Assert.Contains("no network interface 'nix0'", Failure(options with { Interfaces = [options.Interfaces[0] with { Name = "nix0" }] }), StringComparison.Ordinal);
        Assert.Contains("pool", Failure(options with { Interfaces = [options.Interfaces[0] with { PoolLast = Ipv4Address.Parse("9.9.9.9") }] }), StringComparison.Ordinal);
        Assert.Contains("lease journal", Failure(options with { JournalPath = "/proc/nowhere/leases" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Loopback_is_among_the_interfaces()
    {
        InterfaceInfo loopback = InterfaceInfo.Find("lo")!;
        Assert.Equal(InterfaceKind.Loopback, loopback.Kind);
        Assert.True(loopback.IsUp);
        Assert.Contains((Ipv4Address.Parse("127.0.0.1"), 8), loopback.Addresses);
        Assert.Null(InterfaceInfo.Find("nix0"));
    }

    [Fact]
    public void Frames_written_can_be_read()
    {
        byte[] frame = new byte[200];
        byte[] payload = [1, 2, 3, 4, 5];
        int length = PacketFrame.WriteUdp(frame, new MacAddress(0x020000000001), MacAddress.Broadcast, Ipv4Address.Parse("10.0.0.1"), 67, Ipv4Address.Parse("10.0.0.2"), 68, payload);
        Assert.Equal(PacketFrame.UdpOverhead + 5, length);
        Assert.True(PacketFrame.TryReadUdp(frame.AsSpan(0, length), out MacAddress from, out Ipv4Address source, out int port, out ReadOnlySpan<byte> read));
        Assert.Equal((new MacAddress(0x020000000001), Ipv4Address.Parse("10.0.0.1"), 68), (from, source, port));
        Assert.Equal(payload, read.ToArray());

        // Both checksums are right: summing a header with its checksum gives all ones (RFC 1071).
        Assert.Equal(0xFFFF, Sum(frame.AsSpan(14, 20)));
        byte[] pseudo = [.. frame[26..34], 0, 17, 0, 13, .. frame[34..length]];
        Assert.Equal(0xFFFF, Sum(pseudo));
        for (int cut = 0; cut < length; cut++)
        {
            Assert.False(PacketFrame.TryReadUdp(frame.AsSpan(0, cut), out _, out _, out _, out _));
        }
    }

    private static int Sum(ReadOnlySpan<byte> data)
    {
        int sum = 0;
        for (int i = 0; i < data.Length; i++)
        {
            sum += (i & 1) == 0 ? data[i] << 8 : data[i];
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }

    private static ServerMessage Renew(Socket client, DhcpOptions options)
    {
        client.SendTo(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:01", ciaddr: s_address).Build(), new IPEndPoint(IPAddress.Loopback, options.ServerPort));
        byte[] buffer = new byte[1500];
        int length = client.Receive(buffer);
        var ack = new ServerMessage(buffer[..length], default);
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        return ack;
    }

    private static Socket Client(DhcpOptions options)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        client.Bind(new IPEndPoint(s_address.ToIPAddress(), options.ClientPort));
        return client;
    }

    private string Failure(DhcpOptions options) =>
        Assert.Throws<DhcpServerException>(new DhcpServer(options, _policy, _policy, TimeProvider.System, NullLogger.Instance).Start).Message;

    private DhcpServer Start(DhcpOptions options)
    {
        var server = new DhcpServer(options, _policy, _policy, TimeProvider.System, NullLogger.Instance);
        server.Start();
        return server;
    }

    private DhcpOptions Options()
    {
        return new DhcpOptions
        {
            Mode = DhcpMode.Server,
            JournalPath = Path.Combine(_folder, "leases"),
            ServerPort = FreePort(),
            ClientPort = FreePort(),
            BootServerPort = 0,
            Interfaces =
            [
                new DhcpInterfaceOptions
                {
                    Name = "lo",
                    Address = Ipv4Address.Parse("127.0.0.1"),
                    Subnet = TestBench.Subnet("127.0.0.0/24"),
                    PoolFirst = Ipv4Address.Parse("127.0.0.100"),
                    PoolLast = Ipv4Address.Parse("127.0.0.110"),
                },
            ],
        };
    }

    private static int FreePort()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)free.LocalEndPoint!).Port;
    }
}
