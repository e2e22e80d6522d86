using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>Two Brambles in mode auto on one network: one becomes the server, the other a proxy, and so it stays.</summary>
public sealed class TwoServersTests
{
    private static readonly DateTimeOffset s_start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Exactly_one_is_the_server_soon_and_for_good_whenever_they_are_switched_on()
    {
        Gen<(int, int, int, int)> starts =
            from offset in Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, 9000), Gen.Choose(0, 900_000))
            from first in Gen.Choose(0, 1)
            from random in Gen.Choose(0, 10_000)
            from latency in Gen.Choose(0, 30)
            select (offset, first, random, latency);
        Prop.ForAll(starts.ToArbitrary(), s =>
        {
            (int offset, int first, int random, int latency) = s;
            var network = new Network(offset, first, random, latency);
            network.Run(TimeSpan.FromMilliseconds(offset) + TimeSpan.FromSeconds(40));
            Assert.Equal(1, network.Servers);
            int changes = network.Changes;
            network.Run(TimeSpan.FromHours(3));
            Assert.Equal((1, changes), (network.Servers, network.Changes));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_that_have_become_servers_apart_settle_when_they_are_connected()
    {
        var network = new Network(offset: 0, first: 0, random: 5000, latency: 1) { Connected = false };
        network.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(2, network.Servers);
        network.Connected = true;
        network.Run(TimeSpan.FromMinutes(26));
        Assert.Equal(1, network.Servers);
        Assert.Equal(DhcpMode.Server, network.Mode(0));
    }

    [Fact]
    public void Server_answers_the_probe_of_another_without_spending_an_address()
    {
        var bench = new TestBench(o => o with { Mode = DhcpMode.Auto, OthersGetAddresses = false });
        byte[] probe = new byte[548];
        int length = BrambleProbe.Write(probe, 1, new MacAddress(0x020000000001), Ipv4Address.Parse("10.42.0.2"));
        bench.Responder.Handle(probe.AsSpan(0, length), new PacketArrival(0, default, Ipv4Address.Broadcast, bench.Now), bench.Replies);
        var offer = new ServerMessage(bench.Replies.Message(0).ToArray(), bench.Replies[0]);
        Assert.Equal(DhcpMessageType.Offer, offer.Type);
        Assert.False(offer.Yiaddr.IsAny);
        Assert.Equal("Bramble", offer.Text(60));
        Assert.Empty(bench.Book.Leases);
        Assert.Empty(bench.Policy.Events);
    }

    [Fact]
    public void Fixed_server_answers_without_the_mark_so_that_the_other_gives_way_whatever_its_address()
    {
        var bench = new TestBench();
        byte[] probe = new byte[548];
        int length = BrambleProbe.Write(probe, 1, new MacAddress(0x020000000001), Ipv4Address.Parse("10.42.0.2"));
        bench.Responder.Handle(probe.AsSpan(0, length), new PacketArrival(0, default, Ipv4Address.Broadcast, bench.Now), bench.Replies);
        Assert.Null(new ServerMessage(bench.Replies.Message(0).ToArray(), bench.Replies[0]).Option(60));
    }

    [Fact]
    public void Proxy_does_not_answer_probes()
    {
        var bench = new TestBench();
        bench.Responder.IsProxy = true;
        byte[] probe = new byte[548];
        int length = BrambleProbe.Write(probe, 1, new MacAddress(0x020000000001), Ipv4Address.Parse("10.42.0.2"));
        bench.Responder.Handle(probe.AsSpan(0, length), new PacketArrival(0, default, Ipv4Address.Broadcast, bench.Now), bench.Replies);
        Assert.Equal(0, bench.Replies.Count);
    }

    /// <summary>Two selectors, the first with the lower address, and the probes and offers between them.</summary>
    private sealed class Network
    {
        private readonly ModeSelector[] _selectors;
        private readonly DhcpMode[] _modes = [DhcpMode.Auto, DhcpMode.Auto];
        private readonly bool[] _held = new bool[2];
        private readonly PriorityQueue<(int To, bool IsOffer), DateTimeOffset> _wire = new();
        private readonly TimeSpan _latency;
        private DateTimeOffset _now = s_start;

        public Network(int offset, int first, int random, int latency)
        {
            DhcpOptions options = new TestBench(o => o with { Mode = DhcpMode.Auto }).Options;
            DateTimeOffset later = s_start + TimeSpan.FromMilliseconds(offset);
            _selectors =
            [
                new ModeSelector(options, first == 0 ? s_start : later, random % 101 / 100.0),
                new ModeSelector(options, first == 0 ? later : s_start, random / 101 % 101 / 100.0),
            ];
            _latency = TimeSpan.FromMilliseconds(latency);
        }

        public bool Connected { get; set; } = true;

        public int Changes { get; private set; }

        public int Servers => _selectors.Count(s => s.Current == DhcpMode.Server);

        public DhcpMode Mode(int index) => _selectors[index].Current;

        public void Run(TimeSpan until)
        {
            while (true)
            {
                DateTimeOffset next = _selectors[0].NextStep < _selectors[1].NextStep ? _selectors[0].NextStep : _selectors[1].NextStep;
                bool deliver = _wire.TryPeek(out _, out DateTimeOffset arrives) && arrives <= next;
                next = deliver ? arrives : next;
                if (next > s_start + until)
                {
                    return;
                }

                _now = next > _now ? next : _now;
                if (deliver)
                {
                    Deliver(_wire.Dequeue());
                }
                else
                {
                    int who = _selectors[0].NextStep <= _now ? 0 : 1;
                    if (_selectors[who].Step(_now))
                    {
                        Send(1 - who, isOffer: false);
                    }
                }

                Settle();
            }
        }

        // What the server's loop and responder do with a probe and an offer.
        private void Deliver((int To, bool IsOffer) message)
        {
            ModeSelector to = _selectors[message.To];
            if (message.IsOffer)
            {
                to.OtherServerSeen(_now, answersProbe: true, givesWay: message.To == 0);
                return;
            }

            switch (to.Current)
            {
                case DhcpMode.Auto:
                    _held[message.To] = true;
                    break;
                case DhcpMode.Server:
                    to.PeerLooks(_now, isLower: message.To == 1);
                    Send(1 - message.To, isOffer: true);
                    break;
            }
        }

        private void Settle()
        {
            for (int i = 0; i < 2; i++)
            {
                if (_selectors[i].Current != _modes[i])
                {
                    _modes[i] = _selectors[i].Current;
                    Changes++;
                    if (_modes[i] == DhcpMode.Server && _held[i])
                    {
                        Send(1 - i, isOffer: true);
                    }

                    _held[i] = false;
                }
            }
        }

        private void Send(int to, bool isOffer)
        {
            if (Connected)
            {
                _wire.Enqueue((to, isOffer), _now + _latency);
            }
        }
    }
}
