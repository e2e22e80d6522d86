using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

public sealed class ResponderTests
{
    private const string Pc = "52:54:00:00:00:01";
    private const string Pi4 = "e4:5f:01:09:02:f7";

    private readonly TestBench _bench = new();

    [Fact]
    public void Pi_4_gets_an_offer_that_boots_it()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Equal(DhcpMessageType.Offer, offer.Type);
        Assert.Equal("10.42.0.100", offer.Yiaddr.ToString());
        Assert.Equal(TestBench.Server, offer.Siaddr);
        Assert.Equal(TestBench.Server, offer.Address(54));
        Assert.Equal("10.42.0.1", offer.Text(66));
        Assert.Equal("PXEClient", offer.Text(60));
        Assert.Equal(PxeMenu.RaspberryPiBoot.ToArray(), offer.Option(43));
        Assert.Equal("00346950521431D000010902F73DF0CD91", Convert.ToHexString(offer.Option(97)!));
        Assert.Equal("255.255.255.0", offer.Address(1).ToString());
        Assert.Equal("10.42.0.254", offer.Address(3).ToString());
        Assert.Equal(12 * 3600u, offer.Number(51));
        Assert.Equal(6 * 3600u, offer.Number(58));
        Assert.Equal(12 * 3600u / 8 * 7, offer.Number(59));
        Assert.Equal(ReplyRoute.Broadcast, offer.Reply.Route);
        Assert.Equal(68, offer.Reply.Port);
        Assert.True(offer.Octets.AsSpan(44, 64 + 128).IndexOfAnyExcept((byte)0) < 0, "sname and file are empty");
        Assert.Equal(255, offer.Octets[^1]);
        Assert.False(offer.Reply.NeedsDurability);
    }

    [Fact]
    public void Pi_4_request_without_options_60_and_97_is_still_its_firmware_and_gets_the_offered_address()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Pi4Discover(xid: 5))!;
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pi4, 5).With(50, offer.Yiaddr).With(54, TestBench.Server))!;
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        Assert.Equal(offer.Yiaddr, ack.Yiaddr);
        Assert.Equal("10.42.0.1", ack.Text(66));
        Assert.True(ack.Reply.NeedsDurability);
        Assert.Equal([DhcpEventKind.Discover, DhcpEventKind.Offer, DhcpEventKind.Request, DhcpEventKind.Ack], _bench.Policy.Events.Select(e => e.Kind));
        Assert.All(_bench.Policy.Events, e => Assert.Equal((ClientStage.Firmware, "91cdf03d"), (e.Stage, e.Board.Serial.ToString())));
    }

    [Fact]
    public void System_of_a_Pi_gets_the_address_of_its_firmware_whatever_its_client_identifier()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Pi4Discover())!;
        ServerMessage system = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pi4).With(61, 255, 1, 2, 3, 4, 0, 2))!;
        Assert.Equal(offer.Yiaddr, system.Yiaddr);
        Assert.Null(system.Option(43));
        Assert.Null(system.Option(66));
        Assert.Equal("pi", system.Text(12));
        Assert.Equal([255, 1, 2, 3, 4, 0, 2], system.Option(61));
        Assert.Equal(ReplyRoute.LinkLayer, system.Reply.Route);
    }

    [Fact]
    public void Pi_3_offer_is_a_durable_short_binding_to_its_Ethernet_address_followed_by_a_broadcast()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Pi3RomDiscover())!;
        Assert.Equal(PxeMenu.RaspberryPiBoot.ToArray(), offer.Option(43));
        Assert.Equal(ReplyRoute.LinkLayer, offer.Reply.Route);
        Assert.True(offer.Reply is { NeedsDurability: true, Nudge: true });
        Lease lease = _bench.Book.FindByAddress(offer.Yiaddr)!;
        Assert.Equal(LeaseState.Bound, lease.State);
        Assert.Equal(_bench.Now + LeaseBook.ShortBindingTime, lease.Expires);
    }

    [Theory]
    [InlineData(BootDisposition.Wait, 0)]
    [InlineData(BootDisposition.Ignore, 1)]
    public void Firmware_that_may_not_boot_now_hears_nothing_and_takes_no_address(BootDisposition disposition, int dropped)
    {
        _bench.Policy.Pis = new BootDecision(disposition);
        Assert.Null(_bench.Send(ClientMessage.Pi4Discover()));
        Assert.Equal(dropped, _bench.Counters.Dropped(DhcpDropReason.NotServed));
        Assert.Empty(_bench.Book.Leases);
        Assert.Equal(DhcpEventKind.Discover, Assert.Single(_bench.Policy.Events).Kind);
    }

    [Fact]
    public void Other_machines_get_an_address_without_boot_information()
    {
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(60, "PXEClient:Arch:00000:UNDI:002001"))!;
        Assert.Equal("10.42.0.100", offer.Yiaddr.ToString());
        Assert.Null(offer.Option(43));
        Assert.Equal("lan", offer.Text(15));
        Assert.Equal(default, offer.Siaddr);
        Assert.True(offer.Octets.Length >= 300);
    }

    [Fact]
    public void Other_machines_get_nothing_if_configured_so()
    {
        var bench = new TestBench(o => o with { OthersGetAddresses = false });
        Assert.Null(bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
        Assert.NotNull(bench.Send(ClientMessage.Pi4Discover()));
        Assert.Equal(1, bench.Counters.Dropped(DhcpDropReason.NotServed));
    }

    [Fact]
    public void Reservation_is_offered_and_kept_from_others()
    {
        Ipv4Address reserved = Ipv4Address.Parse("10.42.0.100");
        Assert.True(MacAddress.TryParse(Pi4, out MacAddress pi));
        _bench.Policy.Reservations[pi] = reserved;
        Assert.Equal("10.42.0.101", _bench.Lease(Pc).ToString());
        Assert.Equal(reserved, _bench.Send(ClientMessage.Pi4Discover())!.Yiaddr);
    }

    [Fact]
    public void Reservation_may_lie_outside_the_pool()
    {
        Assert.True(MacAddress.TryParse(Pc, out MacAddress mac));
        _bench.Policy.Reservations[mac] = Ipv4Address.Parse("10.42.0.7");
        Assert.Equal("10.42.0.7", _bench.Lease(Pc).ToString());
    }

    [Fact]
    public void Running_system_keeps_its_address_when_its_reservation_changes_and_moves_at_the_next_start()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.True(MacAddress.TryParse(Pc, out MacAddress mac));
        _bench.Policy.Reservations[mac] = Ipv4Address.Parse("10.42.0.7");
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!.Type);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, address))!.Type);
        Assert.Equal("10.42.0.7", _bench.Lease(Pc).ToString());
    }

    [Fact]
    public void Request_for_another_server_withdraws_the_offer_and_is_told()
    {
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!;
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(54, Ipv4Address.Parse("10.42.0.9")).With(50, Ipv4Address.Parse("10.42.0.33"))));
        Assert.False(_bench.Book.FindByAddress(offer.Yiaddr)!.IsHeld(_bench.Now));
        Assert.Equal(DhcpEventKind.OtherServer, _bench.Policy.Events[^1].Kind);
        Assert.Equal("10.42.0.9", _bench.Policy.Events[^1].Server.ToString());
    }

    [Fact]
    public void Init_reboot_is_acknowledged_denied_or_met_with_silence()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, address))!.Type);
        ServerMessage nak = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, Ipv4Address.Parse("192.168.7.7")))!;
        Assert.Equal(DhcpMessageType.Nak, nak.Type);
        Assert.Equal(ReplyRoute.Broadcast, nak.Reply.Route);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:02").With(54, TestBench.Server).With(50, address))!.Type);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:03").With(50, Ipv4Address.Parse("10.42.0.120"))));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.UnknownLease));
    }

    [Fact]
    public void Renewing_goes_back_as_unicast_and_extends_the_lease()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Now += TimeSpan.FromHours(6);
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!;
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        Assert.Equal((ReplyRoute.Unicast, address), (ack.Reply.Route, ack.Reply.Address));
        Assert.Equal(_bench.Now + TimeSpan.FromHours(12), _bench.Book.FindByAddress(address)!.Expires);
    }

    [Fact]
    public void Rebinding_of_a_lease_of_someone_else_is_denied_and_of_an_unknown_one_ignored()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:09", ciaddr: address))!.Type);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:09", ciaddr: Ipv4Address.Parse("10.42.0.140"))));
    }

    [Fact]
    public void Declined_address_goes_into_quarantine_and_its_client_gets_another()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Decline, Pc).With(50, address).With(54, TestBench.Server)));
        Assert.NotEqual(address, _bench.Lease(Pc));
        Assert.Equal(LeaseState.Declined, _bench.Book.FindByAddress(address)!.State);
    }

    [Fact]
    public void Nobody_can_decline_or_release_the_address_of_another()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Send(new ClientMessage(DhcpMessageType.Decline, "52:54:00:00:00:02").With(50, address).With(54, TestBench.Server));
        _bench.Send(new ClientMessage(DhcpMessageType.Release, "52:54:00:00:00:02", ciaddr: address).With(54, TestBench.Server));
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
        Assert.Equal(2, _bench.Counters.Dropped(DhcpDropReason.UnknownLease));
    }

    [Fact]
    public void Released_address_is_free_for_others_but_first_for_its_client()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Send(new ClientMessage(DhcpMessageType.Release, Pc, ciaddr: address).With(54, TestBench.Server));
        Assert.False(_bench.Book.FindByAddress(address)!.IsHeld(_bench.Now));
        Assert.Equal(address, _bench.Lease(Pc));
    }

    [Fact]
    public void Client_identifier_decides_unless_it_is_the_Ethernet_address_again()
    {
        Ipv4Address address = _bench.Lease(Pc);
        Assert.Equal(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(61, 1, 0x52, 0x54, 0, 0, 0, 1))!.Yiaddr);
        Assert.NotEqual(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(61, 0, 7, 7))!.Yiaddr);
    }

    [Fact]
    public void Inform_is_answered_without_a_lease()
    {
        Ipv4Address own = Ipv4Address.Parse("10.42.0.20");
        ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc, ciaddr: own))!;
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        Assert.Equal(default, ack.Yiaddr);
        Assert.Null(ack.Option(51));
        Assert.Equal((ReplyRoute.Unicast, own), (ack.Reply.Route, ack.Reply.Address));
    }

    [Fact]
    public void Relayed_message_is_answered_to_its_relay_with_option_82_last()
    {
        Ipv4Address relay = Ipv4Address.Parse("10.42.0.253");
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: relay).With(82, 1, 2, 9, 9), unicast: true)!;
        Assert.Equal((ReplyRoute.Unicast, relay, 67), (offer.Reply.Route, offer.Reply.Address, offer.Reply.Port));
        Assert.Equal([1, 2, 9, 9], offer.Option(82));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: Ipv4Address.Parse("172.16.0.1"))));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.UnknownRelay));
    }

    [Fact]
    public void Exhausted_pool_is_counted_and_heals_when_leases_expire()
    {
        for (int i = 0; i < 39; i++)
        {
            _bench.Lease($"52:54:00:00:01:{i:x2}");
        }

        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.PoolExhausted));
        _bench.Now += TimeSpan.FromHours(13);
        Assert.NotNull(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
    }

    [Fact]
    public void One_network_card_cannot_take_the_pool_with_many_client_identifiers()
    {
        int offers = 0;
        for (byte i = 0; i < 40; i++)
        {
            offers += _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(61, 0, i)) is null ? 0 : 1;
        }

        Assert.Equal(LeaseBook.MaximumPerMac, offers);
        Assert.True(_bench.Counters.Dropped(DhcpDropReason.TooManyLeases) > 0);
    }

    [Fact]
    public void Proxy_answers_a_booting_Pi_with_boot_information_only()
    {
        _bench.Responder.IsProxy = true;
        ServerMessage offer = _bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Equal(DhcpMessageType.Offer, offer.Type);
        Assert.Equal(default, offer.Yiaddr);
        Assert.Equal(TestBench.Server, offer.Siaddr);
        Assert.Equal("10.42.0.1", offer.Text(66));
        Assert.Equal(PxeMenu.RaspberryPiBoot.ToArray(), offer.Option(43));
        Assert.All(new byte[] { 51, 58, 59, 1, 3, 6 }, code => Assert.Null(offer.Option(code)));
        Assert.True(offer.IsBroadcastFlagSet);
        Assert.Equal((ReplyRoute.Broadcast, TimeSpan.Zero), (offer.Reply.Route, offer.Reply.Delay));
        Assert.Equal(DhcpEventKind.ProxyOffer, _bench.Policy.Events[^1].Kind);

    }

    [Fact]
    public void Proxy_tells_a_Pi_3_alone_two_seconds_after_it_asked()
    {
        _bench.Responder.IsProxy = true;

        ServerMessage first = _bench.Send(ClientMessage.Pi3RomDiscover())!;
        ServerMessage second = _bench.Send(ClientMessage.Pi3RomDiscover())!;

        Assert.Equal((ReplyRoute.LinkLayer, Ipv4Address.Broadcast, true), (first.Reply.Route, first.Reply.Address, first.Reply.Nudge));
        Assert.InRange(first.Reply.Delay, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.Equal(Pi3Pacer.Gap, second.Reply.Delay - first.Reply.Delay);
    }

    [Fact]
    public void Proxy_is_silent_to_everybody_else()
    {
        _bench.Responder.IsProxy = true;
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pi4)));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, Ipv4Address.Parse("192.168.1.1"))));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pi4).With(54, Ipv4Address.Parse("10.42.0.254")).With(50, Ipv4Address.Parse("10.42.0.30"))));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Inform, Pc, ciaddr: Ipv4Address.Parse("10.42.0.30"))));
    }

    [Fact]
    public void Server_that_becomes_a_proxy_goes_on_renewing_its_leases()
    {
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Responder.IsProxy = true;
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!.Type);
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc)));
    }

    [Fact]
    public void Bad_octets_are_counted_and_nothing_else()
    {
        _bench.Replies.Clear();
        _bench.Responder.Handle(new byte[10], new PacketArrival(0, default, default, _bench.Now), _bench.Replies);
        Assert.Equal(0, _bench.Replies.Count);
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.TooShort));
    }

    [Fact]
    public void Known_clients_cost_no_allocation()
    {
        _bench.Policy.KeepEvents = false;
        _bench.Policy.Pis = new BootDecision(BootDisposition.Serve, "pi-4");
        byte[] discover = ClientMessage.Pi4Discover(xid: 5).Build();
        byte[] pi3 = ClientMessage.Pi3RomDiscover().Build();
        byte[] pc = new ClientMessage(DhcpMessageType.Discover, Pc).With(61, 1, 2, 3, 4, 5, 6, 7).Build();
        Ipv4Address address = _bench.Send(ClientMessage.Pi4Discover(xid: 5))!.Yiaddr;
        byte[] request = new ClientMessage(DhcpMessageType.Request, Pi4, 5).With(50, address).With(54, TestBench.Server).Build();
        var arrival = new PacketArrival(0, default, Ipv4Address.Broadcast, _bench.Now);
        void Round()
        {
            _bench.Replies.Clear();
            _bench.Responder.Handle(discover, arrival, _bench.Replies);
            _bench.Responder.Handle(request, arrival, _bench.Replies);
            _bench.Responder.Handle(pi3, arrival, _bench.Replies);
            _bench.Responder.Handle(pc, arrival, _bench.Replies);
        }

        for (int i = 0; i < 200; i++)
        {
            Round();
        }

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Round();
            }
        }));
        Assert.Equal(4, _bench.Replies.Count);
    }

    [Fact]
    public void Hostile_packets_never_throw()
    {
        var random = new Random(7);
        byte[][] models =
        [
            ClientMessage.Pi4Discover().With(52, 3).With(82, 1, 2, 3, 4).Build(),
            new ClientMessage(DhcpMessageType.Request, Pc, giaddr: TestBench.Server).With(54, TestBench.Server).With(50, TestBench.Server).With(57, 2, 64).Build(),
            new ClientMessage(DhcpMessageType.Decline, Pc).With(61, 1, 2, 3).With(50, TestBench.Server).Build(),
        ];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] octets = (byte[])models[random.Next(models.Length)].Clone();
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            _bench.Replies.Clear();
            _bench.Responder.Handle(octets, new PacketArrival(0, default, Ipv4Address.Broadcast, _bench.Now), _bench.Replies);
        }

        Assert.DoesNotContain(_bench.Book.Leases, l => l.Address == TestBench.Server);
    }
}
