using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests;

/// <summary>A responder on one interface, 10.42.0.1/24 with a pool of .100 to .150, and a clock that stands still.</summary>
internal sealed class TestBench
{
    public static readonly Ipv4Address Server = Ipv4Address.Parse("10.42.0.1");

    public TestBench(Func<DhcpOptions, DhcpOptions>? change = null, bool probes = false)
    {
        Options = new DhcpOptions
        {
            Mode = DhcpMode.Server,
            JournalPath = "/nonexistent",
            DomainName = "lan",
            Interfaces =
            [
                new DhcpInterfaceOptions
                {
                    Name = "eth0",
                    Address = Server,
                    Subnet = Subnet("10.42.0.0/24"),
                    PoolFirst = Ipv4Address.Parse("10.42.0.100"),
                    PoolLast = Ipv4Address.Parse("10.42.0.150"),
                    Gateway = Ipv4Address.Parse("10.42.0.254"),
                    DnsServers = [Ipv4Address.Parse("10.42.0.1"), Ipv4Address.Parse("9.9.9.9")],
                },
            ],
        };
        Options = change?.Invoke(Options) ?? Options;
        Book = new LeaseBook(new NullLeaseLog(), Policy);
        Probes = probes ? new AddressProbes([true]) : null;
        Responder = new DhcpResponder(Options, Book, Policy, Policy, Counters) { Probes = Probes };
    }

    public DhcpOptions Options { get; }

    public TestPolicy Policy { get; } = new();

    public LeaseBook Book { get; }

    public DhcpCounters Counters { get; } = new();

    public AddressProbes? Probes { get; }

    public DhcpResponder Responder { get; }

    public ReplyBatch Replies { get; } = new(64);

    public DateTimeOffset Now { get; set; } = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);

    public static Ipv4Subnet Subnet(string text)
    {
        Assert.True(Ipv4Subnet.TryParse(text, out Ipv4Subnet subnet));
        return subnet;
    }

    /// <summary>True if the last message waits to be put again.</summary>
    public bool Waits { get; private set; }

    /// <summary>Sends one message; its single reply, or null.</summary>
    /// <param name="message">The message.</param>
    /// <param name="unicast">Sent to the server's address, not as broadcast.</param>
    /// <param name="bootClientPort">Sent from this port to port 4011.</param>
    /// <param name="sender">What the frame says of its sender.</param>
    public ServerMessage? Send(ClientMessage message, bool unicast = false, int bootClientPort = 0, SenderVerdict sender = default)
    {
        Replies.Clear();
        var arrival = new PacketArrival(0, default, unicast ? Server : Ipv4Address.Broadcast, Now) { BootClientPort = bootClientPort, Sender = sender };
        Waits = Responder.Handle(message.Build(), arrival, Replies);
        Assert.InRange(Replies.Count, 0, 1);
        return Replies.Count == 0 ? null : new ServerMessage(Replies.Message(0).ToArray(), Replies[0]);
    }

    public Ipv4Address Lease(string mac, uint xid = 7)
    {
        ServerMessage offer = Send(new ClientMessage(DhcpMessageType.Discover, mac, xid))!;
        ServerMessage ack = Send(new ClientMessage(DhcpMessageType.Request, mac, xid).With(54, Server).With(50, offer.Yiaddr))!;
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        return ack.Yiaddr;
    }
}
