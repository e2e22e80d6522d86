using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>An address is probed by ARP before it is offered for the first time.</summary>
public sealed class AddressProbesTests
{
    private const string Pc = "52:54:00:00:00:01";

    private static readonly MacAddress s_stranger = new(0x00_11_22_33_44_55);

    private readonly TestBench _bench = new(probes: true);

    [Fact]
    public void Asks_twice_and_decides_after_300_milliseconds_of_silence()
    {
        var probes = new AddressProbes([true]);
        Ipv4Address address = Ipv4Address.Parse("10.42.0.100");
        DateTimeOffset now = _bench.Now;
        Assert.Equal(ProbeVerdict.Running, probes.Ask(0, address, default, now, out _));
        Assert.Equal([(0, address)], Take(probes, now));
        Assert.Equal(now + AddressProbes.Repeat, probes.Next);
        Assert.Empty(Take(probes, now + TimeSpan.FromMilliseconds(99)));
        Assert.Equal([(0, address)], Take(probes, now + TimeSpan.FromMilliseconds(100)));
        Assert.Equal(DateTimeOffset.MaxValue, probes.Next);
        Assert.Equal(ProbeVerdict.Running, probes.Ask(0, address, default, now + TimeSpan.FromMilliseconds(299), out _));
        Assert.Equal(ProbeVerdict.Clear, probes.Ask(0, address, default, now + TimeSpan.FromMilliseconds(300), out _));
        Assert.Equal(ProbeVerdict.Clear, probes.Ask(0, address, default, now + AddressProbes.Validity, out _));
        Assert.Equal(ProbeVerdict.Running, probes.Ask(0, address, default, now + AddressProbes.Patience + AddressProbes.Validity, out _));
    }

    [Fact]
    public void Answer_of_another_machine_takes_the_address_and_that_of_the_client_itself_does_not()
    {
        var probes = new AddressProbes([true, true]);
        Ipv4Address address = Ipv4Address.Parse("10.42.0.100");
        probes.Ask(0, address, default, _bench.Now, out _);
        Assert.False(probes.Answered(1, address, s_stranger, _bench.Now), "another interface");
        Assert.False(probes.Answered(0, Ipv4Address.Parse("10.42.0.101"), s_stranger, _bench.Now), "nobody asked");
        Assert.True(probes.Answered(0, address, s_stranger, _bench.Now));
        Assert.Equal(ProbeVerdict.Taken, probes.Ask(0, address, new MacAddress(7), _bench.Now, out MacAddress user));
        Assert.Equal(s_stranger, user);
        Assert.Equal(ProbeVerdict.Running, probes.Ask(0, address, s_stranger, _bench.Now, out _));
    }

    [Fact]
    public void Without_a_way_to_ask_everything_is_clear()
    {
        Assert.Equal(ProbeVerdict.Clear, new AddressProbes([false]).Ask(0, Ipv4Address.Parse("10.42.0.100"), default, _bench.Now, out _));
    }

    [Fact]
    public void A_flood_has_a_bounded_number_of_probes_and_is_then_offered_unseen()
    {
        var probes = new AddressProbes([true]);
        int running = 0;
        for (uint i = 0; i < 10_000; i++)
        {
            running += probes.Ask(0, new Ipv4Address(0x0A000000 + i), default, _bench.Now, out _) == ProbeVerdict.Running ? 1 : 0;
        }

        Assert.Equal(running, probes.Count);
        Assert.InRange(running, 1000, 4000);
    }

    [Fact]
    public void Offer_is_not_delayed_because_addresses_are_probed_ahead()
    {
        Stock();
        Assert.Equal(AddressProbes.Ahead, Take(_bench.Probes!, _bench.Now).Count);
        _bench.Now += AddressProbes.Patience;
        ServerMessage offer = _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!;
        Assert.Equal("10.42.0.100", offer.Yiaddr.ToString());

        // The stock is filled up again: one address.
        Take(_bench.Probes!, _bench.Now);
        _bench.Now += TimeSpan.FromMilliseconds(50);
        Stock();
        Assert.Equal("10.42.0.132", Assert.Single(Take(_bench.Probes!, _bench.Now)).Address.ToString());
    }

    [Fact]
    public void Verdicts_of_the_stock_are_renewed_before_anybody_waits_for_them()
    {
        Stock();
        Take(_bench.Probes!, _bench.Now);
        _bench.Now += AddressProbes.Patience;
        Take(_bench.Probes!, _bench.Now);
        _bench.Now += AddressProbes.Validity;
        Stock();
        Assert.Equal(AddressProbes.Ahead, Take(_bench.Probes!, _bench.Now).Count);
    }

    [Fact]
    public void Address_that_is_asked_for_waits_for_its_probe_and_is_then_offered()
    {
        var wish = Ipv4Address.Parse("10.42.0.130");
        ClientMessage discover = new ClientMessage(DhcpMessageType.Discover, Pc).With(50, wish);
        Assert.Null(_bench.Send(discover));
        Assert.True(_bench.Waits);
        Assert.Equal(wish, Assert.Single(Take(_bench.Probes!, _bench.Now)).Address);
        _bench.Now += TimeSpan.FromMilliseconds(100);
        Assert.Null(_bench.Send(discover));
        Assert.True(_bench.Waits);
        _bench.Now += TimeSpan.FromMilliseconds(200);
        Assert.Equal(wish, _bench.Send(discover)!.Yiaddr);
        Assert.False(_bench.Waits);
    }

    [Fact]
    public void One_client_that_waits_holds_nobody_else_up()
    {
        Stock();
        _bench.Now += AddressProbes.Patience;
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc).With(50, Ipv4Address.Parse("10.42.0.138"))));
        Assert.NotNull(_bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:02")));
    }

    [Fact]
    public void Address_in_use_is_put_out_of_use_counted_and_told_and_the_client_gets_the_next()
    {
        var wish = Ipv4Address.Parse("10.42.0.130");
        ClientMessage discover = new ClientMessage(DhcpMessageType.Discover, Pc).With(50, wish);
        _bench.Send(discover);
        Assert.True(_bench.Responder.OnAddressClaimed(0, wish, s_stranger, _bench.Now));
        Lease lease = _bench.Book.FindByAddress(wish)!;
        Assert.Equal((LeaseState.Declined, s_stranger, _bench.Now + LeaseBook.QuarantineTime), (lease.State, lease.Mac, lease.Expires));
        Assert.Equal(1, _bench.Counters.Of(DhcpEventKind.AddressInUse));
        DhcpEvent told = _bench.Policy.Events[^1];
        Assert.Equal((DhcpEventKind.AddressInUse, s_stranger, wish), (told.Kind, told.Board.Mac, told.Address));

        Assert.Null(_bench.Send(discover));
        _bench.Now += AddressProbes.Patience;
        Assert.Equal("10.42.0.100", _bench.Send(discover)!.Yiaddr.ToString());
    }

    [Fact]
    public void Addresses_of_the_stock_that_are_in_use_are_never_offered()
    {
        Stock();
        for (uint i = 0; i < 3; i++)
        {
            Assert.True(_bench.Responder.OnAddressClaimed(0, new Ipv4Address(Ipv4Address.Parse("10.42.0.100").Value + i), s_stranger, _bench.Now));
        }

        _bench.Now += AddressProbes.Patience;
        Stock();
        Assert.Equal("10.42.0.103", _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr.ToString());
    }

    [Fact]
    public void Machine_that_uses_an_address_since_before_may_have_it_by_asking()
    {
        // The lease journal was lost, the machine runs on: it must not be denied its address when it renews.
        Stock();
        var address = Ipv4Address.Parse("10.42.0.105");
        Assert.True(MacAddress.TryParse(Pc, out MacAddress mac));
        Assert.True(_bench.Responder.OnAddressClaimed(0, address, mac, _bench.Now));
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!.Type);
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
    }

    [Fact]
    public void Client_that_answers_the_probe_of_its_own_old_address_gets_it()
    {
        var address = Ipv4Address.Parse("10.42.0.130");
        Assert.True(MacAddress.TryParse(Pc, out MacAddress mac));
        ClientMessage discover = new ClientMessage(DhcpMessageType.Discover, Pc).With(50, address);
        _bench.Send(discover);
        Assert.False(_bench.Responder.OnAddressClaimed(0, address, mac, _bench.Now));
        _bench.Now += AddressProbes.Patience;
        Assert.Equal(address, _bench.Send(discover)!.Yiaddr);
    }

    [Fact]
    public void Bound_address_is_never_taken_from_its_client_by_what_is_heard()
    {
        var address = Ipv4Address.Parse("10.42.0.100");
        Stock();
        Assert.Equal(DhcpMessageType.Ack, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc, ciaddr: address), unicast: true)!.Type);
        Assert.False(_bench.Responder.OnAddressClaimed(0, address, s_stranger, _bench.Now));
        Assert.Equal(LeaseState.Bound, _bench.Book.FindByAddress(address)!.State);
    }

    [Fact]
    public void Known_client_and_relayed_client_are_not_made_to_wait()
    {
        Stock();
        _bench.Now += AddressProbes.Patience;
        Ipv4Address address = _bench.Lease(Pc);
        _bench.Now += TimeSpan.FromDays(1);
        Assert.Equal(address, _bench.Send(new ClientMessage(DhcpMessageType.Discover, Pc))!.Yiaddr);
        Assert.NotNull(_bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:02", giaddr: Ipv4Address.Parse("10.42.0.253")).With(50, Ipv4Address.Parse("10.42.0.138")), unicast: true));
    }

    [Fact]
    public void Proxy_asks_nothing()
    {
        _bench.Responder.IsProxy = true;
        Stock();
        Assert.Empty(Take(_bench.Probes!, _bench.Now));
    }

    private void Stock() => _bench.Responder.StockAddresses(_bench.Now);

    private static List<(int Port, Ipv4Address Address)> Take(AddressProbes probes, DateTimeOffset now)
    {
        List<(int, Ipv4Address)> sent = [];
        while (probes.TryNext(now, out int port, out Ipv4Address address))
        {
            sent.Add((port, address));
        }

        return sent;
    }
}
