using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>Messages that take an address from its client, sent by others in its name.</summary>
public class SenderTests
{
    private const string Pc = "52:54:00:00:00:01";
    private static readonly MacAddress s_pc = Mac(Pc);
    private static readonly MacAddress s_stranger = Mac("02:00:00:00:00:66");
    private static readonly Ipv4Address s_relay = Ipv4Address.Parse("10.43.0.1");
    private readonly TestBench _bench = new();
    private readonly SenderWitness _witness = new();

    [Theory]
    [InlineData(DhcpMessageType.Decline, SenderVerdict.Forged)]
    [InlineData(DhcpMessageType.Release, SenderVerdict.Forged)]
    [InlineData(DhcpMessageType.Decline, SenderVerdict.Unseen)]
    [InlineData(DhcpMessageType.Release, SenderVerdict.Unseen)]
    public void Message_of_another_machine_takes_no_address_and_is_no_event(DhcpMessageType type, SenderVerdict sender)
    {
        Ipv4Address address = _bench.Lease(Pc);
        int events = _bench.Policy.Events.Count;
        _bench.Send(GivenUp(type, address), sender: sender);
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.ForgedSender));
        Assert.Equal(events, _bench.Policy.Events.Count);
        Assert.Equal(address, _bench.Lease(Pc));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Request_in_a_clients_name_for_an_address_that_was_not_offered_moves_nothing(bool renewing)
    {
        Ipv4Address address = _bench.Lease(Pc);
        var other = new Ipv4Address(address.Value + 7);
        ServerMessage? reply = renewing
            ? _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: other), unicast: true)
            : _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, TestBench.Server).With(50, other));
        Assert.Equal(DhcpMessageType.Nak, reply!.Type);
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
        Assert.Null(_bench.Book.FindByAddress(other));
        Assert.Equal(address, _bench.Lease(Pc));
    }

    [Theory]
    [InlineData(DhcpMessageType.Decline)]
    [InlineData(DhcpMessageType.Release)]
    public void Invented_relay_agent_in_the_servers_own_network_does_not_hide_the_sender(DhcpMessageType type)
    {
        Ipv4Address address = _bench.Lease(Pc);
        var relay = new Ipv4Address(address.Value + 66);
        ClientMessage message = type == DhcpMessageType.Decline
            ? new ClientMessage(type, Pc, giaddr: relay).With(54, TestBench.Server).With(50, address)
            : new ClientMessage(type, Pc, ciaddr: address, giaddr: relay).With(54, TestBench.Server);
        _bench.Send(message, sender: SenderVerdict.Forged);
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.ForgedSender));
    }

    [Theory]
    [InlineData(DhcpMessageType.Decline, LeaseState.Declined)]
    [InlineData(DhcpMessageType.Release, LeaseState.Released)]
    public void Message_of_the_client_is_believed(DhcpMessageType type, LeaseState state)
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Send(GivenUp(type, address), sender: SenderVerdict.Genuine);
        Assert.Equal(state, _bench.Book.FindByAddress(address)!.State);
    }

    [Fact]
    public void Declined_address_is_probed_before_it_is_offered_again_where_the_sender_is_not_known()
    {
        var bench = new TestBench(probes: true);
        Ipv4Address address = Settle(bench);
        bench.Send(GivenUp(DhcpMessageType.Decline, address), sender: SenderVerdict.Unseen);
        Assert.Null(bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, xid: 9)));
        Assert.True(bench.Waits);
        bench.Probes!.Answered(0, address, s_stranger, bench.Now);
        bench.Now += AddressProbes.Patience;
        bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, xid: 9));
        bench.Now += AddressProbes.Patience;
        Assert.NotEqual(address, bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, xid: 9))!.Yiaddr);
    }

    [Fact]
    public void Behind_a_relay_agent_the_frame_says_nothing_of_the_client()
    {
        (TestBench bench, Ipv4Address address) = LeaseBehindRelay();
        bench.Send(new ClientMessage(DhcpMessageType.Decline, Pc, giaddr: s_relay).With(54, TestBench.Server).With(50, address), sender: SenderVerdict.Forged);
        Assert.Equal(LeaseState.Declined, bench.Book.FindByAddress(address)!.State);
    }

    [Fact]
    public void Release_of_a_relayed_client_comes_by_unicast_through_a_router()
    {
        (TestBench bench, Ipv4Address address) = LeaseBehindRelay();
        bench.Send(new ClientMessage(DhcpMessageType.Release, Pc, ciaddr: address).With(54, TestBench.Server), unicast: true, sender: SenderVerdict.Forged);
        Assert.Equal(LeaseState.Released, bench.Book.FindByAddress(address)!.State);
    }

    private static (TestBench Bench, Ipv4Address Address) LeaseBehindRelay()
    {
        var bench = new TestBench(static o => o with
        {
            RelayedSubnets =
            [
                new DhcpInterfaceOptions
                {
                    Name = "relay",
                    Address = TestBench.Server,
                    Subnet = TestBench.Subnet("10.43.0.0/24"),
                    PoolFirst = Ipv4Address.Parse("10.43.0.100"),
                    PoolLast = Ipv4Address.Parse("10.43.0.150"),
                },
            ],
        });
        Ipv4Address address = bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay))!.Yiaddr;
        bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, giaddr: s_relay).With(54, TestBench.Server).With(50, address));
        return (bench, address);
    }

    [Fact]
    public void Witness_tells_the_client_from_another_machine()
    {
        byte[] decline = new ClientMessage(DhcpMessageType.Decline, Pc, xid: 1).Build();
        byte[] release = new ClientMessage(DhcpMessageType.Release, Pc, xid: 2).Build();
        _witness.Note(s_pc, decline, _bench.Now);
        _witness.Note(s_stranger, release, _bench.Now);
        Assert.Equal(SenderVerdict.Genuine, _witness.Judge(decline, _bench.Now));
        Assert.Equal(SenderVerdict.Forged, _witness.Judge(release, _bench.Now));
        Assert.Equal(SenderVerdict.Unseen, _witness.Judge(new ClientMessage(DhcpMessageType.Release, Pc, xid: 3).Build(), _bench.Now));
    }

    [Fact]
    public void Witness_doubts_what_two_machines_sent()
    {
        byte[] release = new ClientMessage(DhcpMessageType.Release, Pc).Build();
        _witness.Note(s_pc, release, _bench.Now);
        _witness.Note(s_stranger, release, _bench.Now);
        Assert.Equal(SenderVerdict.Forged, _witness.Judge(release, _bench.Now));
    }

    [Fact]
    public void Witness_forgets_what_is_old_and_is_bounded()
    {
        byte[] release = new ClientMessage(DhcpMessageType.Release, Pc).Build();
        _witness.Note(s_pc, release, _bench.Now);
        Assert.Equal(SenderVerdict.Unseen, _witness.Judge(release, _bench.Now + SenderWitness.Memory + TimeSpan.FromTicks(1)));
        _witness.Note(s_pc, release, _bench.Now);
        for (uint xid = 100; xid < 100 + SenderWitness.Capacity; xid++)
        {
            _witness.Note(s_stranger, new ClientMessage(DhcpMessageType.Release, Pc, xid).Build(), _bench.Now);
        }

        Assert.Equal(SenderVerdict.Unseen, _witness.Judge(release, _bench.Now));
    }

    /// <summary>Option 53 in another place is not looked for by the kernel's filter: such a message is one that was not seen.</summary>
    [Fact]
    public void Witness_takes_no_message_of_another_form()
    {
        byte[] discover = new ClientMessage(DhcpMessageType.Discover, Pc).Build();
        byte[] release = new ClientMessage(DhcpMessageType.Release, Pc).Build();
        byte[] later = [.. release[..240], 12, 1, (byte)'a', .. release[240..]];
        foreach (byte[] message in (byte[][])[discover, later, release[..242], []])
        {
            Assert.False(SenderWitness.Concerns(message));
            _witness.Note(s_pc, message, _bench.Now);
            Assert.Equal(SenderVerdict.Unseen, _witness.Judge(message, _bench.Now));
        }
    }

    private static Ipv4Address Settle(TestBench bench)
    {
        bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc));
        bench.Now += AddressProbes.Patience;
        Ipv4Address address = bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr;
        Assert.Equal(DhcpMessageType.Ack, bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, TestBench.Server).With(50, address))!.Type);
        return address;
    }

    private static ClientMessage GivenUp(DhcpMessageType type, Ipv4Address address) =>
        type == DhcpMessageType.Release
            ? new ClientMessage(type, Pc, ciaddr: address).With(54, TestBench.Server)
            : new ClientMessage(type, Pc).With(54, TestBench.Server).With(50, address);

    private static MacAddress Mac(string text) => MacAddress.TryParse(text, out MacAddress mac) ? mac : throw new FormatException(text);
}
