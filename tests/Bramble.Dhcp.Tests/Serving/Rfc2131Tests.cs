using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>The rules of RFC 2131 for a server, one test each.</summary>
public sealed class Rfc2131Tests
{
    private const string Pc = "52:54:00:00:00:01";
    private const string OtherPc = "52:54:00:00:00:02";

    private static readonly Ipv4Address s_relay = Ipv4Address.Parse("10.50.0.1");

    private readonly TestBench _bench = new(o => o with
    {
        RelayedSubnets =
        [
            new DhcpInterfaceOptions
            {
                Name = "relayed",
                Address = TestBench.Server,
                Subnet = TestBench.Subnet("10.50.0.0/24"),
                PoolFirst = Ipv4Address.Parse("10.50.0.10"),
                PoolLast = Ipv4Address.Parse("10.50.0.90"),
                Gateway = s_relay,
            },
        ],
    });

    // Section 4.1: where an answer goes.
    [Theory]
    [InlineData("no address, flag clear", ReplyRoute.LinkLayer)]
    [InlineData("no address, flag set", ReplyRoute.Broadcast)]
    [InlineData("ciaddr", ReplyRoute.Unicast)]
    [InlineData("ciaddr, flag set", ReplyRoute.Unicast)]
    [InlineData("relay", ReplyRoute.Unicast)]
    [InlineData("relay, flag set", ReplyRoute.Unicast)]
    public void Section_4_1_answer_goes_where_giaddr_ciaddr_and_the_broadcast_flag_say(string how, ReplyRoute expected)
    {
        bool broadcast = how.EndsWith("flag set", StringComparison.Ordinal);
        bool relayed = how.StartsWith("relay", StringComparison.Ordinal);
        Ipv4Address address = how.StartsWith("ciaddr", StringComparison.Ordinal) ? _bench.Lease(Pc) : default;
        ClientMessage message = address.IsAny
            ? new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: relayed ? s_relay : default, broadcast: broadcast)
            : new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address, broadcast: broadcast);
        ServerMessage reply = _bench.Send(message, unicast: relayed || !address.IsAny)!;
        Assert.Equal(expected, reply.Reply.Route);
        Assert.Equal(relayed ? 67 : 68, reply.Reply.Port);
        Assert.Equal(relayed ? s_relay : address.IsAny ? reply.Yiaddr : address, expected == ReplyRoute.Broadcast ? reply.Yiaddr : reply.Reply.Address);
        Assert.Equal(broadcast, reply.IsBroadcastFlagSet);
    }

    [Fact]
    public void Table_3_offer_echoes_xid_flags_giaddr_and_chaddr_and_clears_the_rest()
    {
        byte[] discover = new ClientMessage(DhcpMessageType.Discover, Pc, 0xCAFEBABE, giaddr: s_relay, broadcast: true).Hops(3).With(57, 2, 64).Build();
        discover[9] = 77;
        _bench.Replies.Clear();
        _bench.Responder.Handle(discover, new PacketArrival(0, s_relay, TestBench.Server, _bench.Now), _bench.Replies);
        byte[] offer = _bench.Replies.Message(0).ToArray();
        Assert.Equal((2, 1, 6, 0), (offer[0], offer[1], offer[2], offer[3]));
        Assert.Equal(discover[4..8], offer[4..8]);
        Assert.Equal([0, 0, 0x80, 0], offer[8..12]);
        Assert.Equal([0, 0, 0, 0], offer[12..16]);
        Assert.Equal(discover[24..44], offer[24..44]);
        Assert.True(offer.AsSpan(44, 64 + 128).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Table_3_nak_has_no_address_no_lease_and_no_parameters()
    {
        ServerMessage nak = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(55, 1, 3, 6, 51).With(61, 0, 1, 2).With(50, Ipv4Address.Parse("1.2.3.4")))!;
        Assert.Equal(DhcpMessageType.Nak, nak.Type);
        Assert.Equal((default(Ipv4Address), default(Ipv4Address), default(Ipv4Address)), (nak.Yiaddr, nak.Siaddr, nak.Ciaddr));
        Assert.Equal([53, 54, 56, 61], nak.Codes);
    }

    // 4.3.1
    [Fact]
    public void Section_4_3_1_client_is_offered_its_current_then_its_last_then_the_requested_then_a_new_address()
    {
        var wish = Ipv4Address.Parse("10.42.0.120");
        Assert.Equal(wish, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(50, wish))!.Yiaddr);
        Ipv4Address bound = _bench.Lease(OtherPc);
        Assert.Equal("10.42.0.100", bound.ToString());
        Assert.Equal(bound, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(50, Ipv4Address.Parse("10.42.0.111")))!.Yiaddr);
        _bench.Now += TimeSpan.FromDays(2);
        Assert.Equal(bound, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(50, Ipv4Address.Parse("10.42.0.111")))!.Yiaddr);
        Assert.Equal("10.42.0.101", _bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:03").With(50, bound with { Value = 1 }))!.Yiaddr.ToString());
    }

    [Fact]
    public void Section_4_3_1_offer_is_kept_for_its_client_and_given_to_nobody_else()
    {
        Ipv4Address offered = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr;
        Assert.NotEqual(offered, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(50, offered))!.Yiaddr);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, OtherPc).With(54, TestBench.Server).With(50, offered))!.Type);
        Assert.Equal(offered, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr);
    }

    // 4.3.2, the four states of table 4
    [Fact]
    public void Selecting_our_offer_is_acknowledged_and_durable()
    {
        Ipv4Address offered = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr;
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, TestBench.Server).With(50, offered))!;
        Assert.Equal((DhcpMessageType.Ack, offered), (ack.Type, ack.Yiaddr));
        Assert.True(ack.Reply.NeedsDurability);
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(offered)!.State);
    }

    [Fact]
    public void Selecting_another_server_frees_our_offer_and_is_not_answered()
    {
        Ipv4Address offered = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr;
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, Ipv4Address.Parse("10.42.0.9")).With(50, offered)));
        Assert.Equal(offered, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(50, offered))!.Yiaddr);
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.OtherServer));
    }

    [Fact]
    public void Selecting_another_server_does_not_end_a_lease_that_is_bound()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, Ipv4Address.Parse("10.42.0.9")).With(50, address));
        Assert.True(_bench.Book.FindByAddress(address)!.IsHeld(_bench.Now));
    }

    [Theory]
    [InlineData("known client, right address", DhcpMessageType.Ack)]
    [InlineData("known client, other address", DhcpMessageType.Nak)]
    [InlineData("known client, other network", DhcpMessageType.Nak)]
    [InlineData("unknown client, this network", DhcpMessageType.None)]
    [InlineData("unknown client, other network", DhcpMessageType.Nak)]
    public void Init_reboot_is_acknowledged_only_if_the_record_says_so_denied_if_wrong_and_unanswered_if_unknown(string who, DhcpMessageType expected)
    {
        Ipv4Address address = _bench.Lease(Pc);
        Ipv4Address asked = who.EndsWith("right address", StringComparison.Ordinal) ? address
            : Ipv4Address.Parse(who.EndsWith("other network", StringComparison.Ordinal) ? "192.168.7.7" : "10.42.0.130");
        ServerMessage? reply = _bench.Send(new ClientMessage(DhcpMessageType.Request, who.StartsWith("known", StringComparison.Ordinal) ? Pc : OtherPc).With(50, asked));
        Assert.Equal(expected, reply?.Type ?? DhcpMessageType.None);
    }

    [Theory]
    [InlineData("own lease", DhcpMessageType.Ack)]
    [InlineData("own lease that ran out", DhcpMessageType.Ack)]
    [InlineData("lease of another", DhcpMessageType.Nak)]
    [InlineData("free address, client unknown", DhcpMessageType.Ack)]
    [InlineData("address outside", DhcpMessageType.Nak)]
    public void Renewing_is_answered_by_unicast_to_ciaddr(string what, DhcpMessageType expected)
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Now += what.EndsWith("ran out", StringComparison.Ordinal) ? TimeSpan.FromDays(1) : TimeSpan.Zero;
        Ipv4Address ciaddr = what switch
        {
            "free address, client unknown" => Ipv4Address.Parse("10.42.0.120"),
            "address outside" => Ipv4Address.Parse("10.42.0.7"),
            _ => address,
        };
        ServerMessage reply = _bench.Send(new ClientMessage(DhcpMessageType.Request, what.StartsWith("own", StringComparison.Ordinal) ? Pc : OtherPc, ciaddr: ciaddr), unicast: true)!;
        Assert.Equal(expected, reply.Type);
        Assert.Equal(expected == DhcpMessageType.Ack ? ReplyRoute.Unicast : ReplyRoute.Broadcast, reply.Reply.Route);
        Assert.Equal(expected == DhcpMessageType.Ack ? ciaddr : default, reply.Ciaddr);
    }

    [Theory]
    [InlineData("own lease", DhcpMessageType.Ack)]
    [InlineData("lease of another", DhcpMessageType.Nak)]
    [InlineData("address of another server", DhcpMessageType.None)]
    public void Rebinding_is_answered_by_the_server_that_knows_the_lease_and_by_no_other(string what, DhcpMessageType expected)
    {
        Ipv4Address address = _bench.Lease(Pc);
        Ipv4Address ciaddr = what == "address of another server" ? Ipv4Address.Parse("10.42.0.140") : address;
        ServerMessage? reply = _bench.Send(new ClientMessage(DhcpMessageType.Request, what == "own lease" ? Pc : OtherPc, ciaddr: ciaddr));
        Assert.Equal(expected, reply?.Type ?? DhcpMessageType.None);
    }

    [Fact]
    public void Section_4_3_2_nak_by_a_relay_agent_has_the_broadcast_flag_so_that_the_agent_broadcasts_it()
    {
        ServerMessage nak = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, giaddr: s_relay).With(50, Ipv4Address.Parse("10.42.0.100")).With(82, 1, 1, 5), unicast: true)!;
        Assert.Equal(DhcpMessageType.Nak, nak.Type);
        Assert.Equal((ReplyRoute.Unicast, s_relay, 67), (nak.Reply.Route, nak.Reply.Address, nak.Reply.Port));
        Assert.True(nak.IsBroadcastFlagSet);
        Assert.Equal(s_relay, nak.Giaddr);
        Assert.Equal([1, 1, 5], nak.Option(82));
    }

    // 4.3.3, 4.3.4
    [Fact]
    public void Section_4_3_3_declined_address_is_given_to_nobody_for_an_hour()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Decline, Pc).With(54, TestBench.Server).With(50, address)));
        Assert.NotEqual(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(50, address))!.Yiaddr);
        Assert.NotEqual(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(50, address))!.Yiaddr);
        _bench.Now += LeaseBook.QuarantineTime;
        Assert.Equal(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:03").With(50, address))!.Yiaddr);
    }

    [Fact]
    public void Section_4_3_4_released_address_is_first_offered_to_its_client_again()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Release, Pc, ciaddr: address).With(54, TestBench.Server), unicast: true));
        Assert.NotEqual(address, _bench.Lease(OtherPc));
        Assert.Equal(address, _bench.Lease(Pc));
    }

    [Theory]
    [InlineData(DhcpMessageType.Release)]
    [InlineData(DhcpMessageType.Decline)]
    public void Message_that_names_another_server_changes_nothing(DhcpMessageType type)
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Send(new ClientMessage(type, Pc, ciaddr: type == DhcpMessageType.Release ? address : default).With(54, Ipv4Address.Parse("10.42.0.9")).With(50, address));
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.OtherServer));
    }

    // 4.3.5
    [Fact]
    public void Section_4_3_5_inform_is_answered_to_ciaddr_without_yiaddr_and_times_and_leaves_no_lease()
    {
        var own = Ipv4Address.Parse("10.42.0.20");
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc, ciaddr: own).With(55, 6, 15, 51, 58, 59))!;
        Assert.Equal((DhcpMessageType.Ack, default(Ipv4Address), own), (ack.Type, ack.Yiaddr, ack.Ciaddr));
        Assert.Equal([53, 54, 1, 6, 15], ack.Codes);
        Assert.Equal((ReplyRoute.Unicast, own, 68), (ack.Reply.Route, ack.Reply.Address, ack.Reply.Port));
        Assert.Empty(_bench.Book.Leases);
    }

    [Fact]
    public void Section_4_3_5_inform_by_a_relay_agent_is_answered_to_ciaddr_too()
    {
        var own = Ipv4Address.Parse("10.50.0.20");
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc, ciaddr: own, giaddr: s_relay), unicast: true)!;
        Assert.Equal((ReplyRoute.Unicast, own, 68), (ack.Reply.Route, ack.Reply.Address, ack.Reply.Port));
    }

    [Fact]
    public void Inform_without_an_address_or_from_another_network_is_not_answered()
    {
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc)));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc, ciaddr: Ipv4Address.Parse("192.168.1.1"))));
        Assert.Equal(2, _bench.Counters.Dropped(DhcpDropReason.WrongClientAddress));
    }

    // Relay agents
    [Fact]
    public void Relayed_client_gets_an_address_and_a_router_of_its_own_subnet()
    {
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay).Hops(1), unicast: true)!;
        Assert.Equal(("10.50.0.10", "10.50.0.1", "255.255.255.0"), (offer.Yiaddr.ToString(), offer.Address(3).ToString(), offer.Address(1).ToString()));
        Assert.Equal(TestBench.Server, offer.Address(54));
    }

    [Fact]
    public void Relayed_client_renews_and_releases_by_unicast_without_its_relay()
    {
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay), unicast: true)!;
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, giaddr: s_relay).With(54, TestBench.Server).With(50, offer.Yiaddr), unicast: true)!;
        ServerMessage renewed = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: ack.Yiaddr), unicast: true)!;
        Assert.Equal((DhcpMessageType.Ack, ack.Yiaddr), (renewed.Type, renewed.Yiaddr));
        _bench.Send(new ClientMessage(DhcpMessageType.Release, Pc, ciaddr: ack.Yiaddr).With(54, TestBench.Server), unicast: true);
        Assert.Equal(LeaseState.Released, _bench.Book.FindByAddress(ack.Yiaddr)!.State);
    }

    [Fact]
    public void Client_that_was_moved_to_another_network_is_denied_when_it_rebinds()
    {
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay), unicast: true)!;
        _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, giaddr: s_relay).With(54, TestBench.Server).With(50, offer.Yiaddr), unicast: true);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: offer.Yiaddr))!.Type);
    }

    [Theory]
    [InlineData("172.16.0.1")] // a network that is not served
    [InlineData("10.42.0.1")] // this server itself
    [InlineData("10.42.0.0")]
    [InlineData("10.50.0.255")]
    public void Rogue_relay_agent_gets_no_answer_and_no_address(string giaddr)
    {
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: Ipv4Address.Parse(giaddr)), unicast: true));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.UnknownRelay));
        Assert.Empty(_bench.Book.Leases);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Message_that_passed_more_than_16_relay_agents_is_dropped(byte hops, bool answered)
    {
        Assert.Equal(answered, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay).Hops(hops), unicast: true) is not null);
        Assert.Equal(answered ? 0 : 1, _bench.Counters.Dropped(DhcpDropReason.TooManyHops));
    }

    // 4.2
    [Fact]
    public void Section_4_2_client_identifier_names_the_client_on_whatever_network_card()
    {
        ServerMessage first = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(61, 0, 1, 2, 3))!;
        Assert.Equal(first.Yiaddr, _bench.Send(new ClientMessage(DhcpMessageType.Discover, OtherPc).With(61, 0, 1, 2, 3))!.Yiaddr);
        Assert.NotEqual(first.Yiaddr, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr);
    }

    [Fact]
    public void Server_that_became_a_proxy_takes_no_address_away_until_each_lease_has_ended()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Responder.IsProxy = true;

        // Renewing, rebinding and starting anew with it: all go on.
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!.Type);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address))!.Type);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, address))!.Type);

        // Nobody is denied anything, and nobody new gets anything.
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, OtherPc, ciaddr: address)));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, OtherPc).With(50, Ipv4Address.Parse("192.168.1.1"))));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
        _bench.Now += TimeSpan.FromHours(13);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true));
    }
}
