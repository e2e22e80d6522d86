using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Leases;

/// <summary>Nobody takes all addresses, and the book does not grow for ever.</summary>
public sealed class LeaseBookBoundsTests
{
    private readonly TestBench _bench = new();

    [Fact]
    public void Others_cannot_take_the_share_that_is_kept_for_boards()
    {
        for (int i = 0; i < 39; i++)
        {
            _bench.Lease($"52:54:00:00:01:{i:x2}");
        }

        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:02:00")));
        Assert.Null(_bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:02:00").With(50, Ipv4Address.Parse("10.42.0.145"))));
        Assert.Equal(DhcpMessageType.Nak, _bench.Send(new ClientMessage(DhcpMessageType.Request, "52:54:00:00:02:00").With(54, TestBench.Server).With(50, Ipv4Address.Parse("10.42.0.145")))!.Type);
        Assert.Equal("10.42.0.139", _bench.Send(ClientMessage.Pi4Discover())!.Yiaddr.ToString());
    }

    [Fact]
    public void Boards_that_are_not_approved_get_no_address_as_firmware_and_none_of_the_kept_share_as_systems()
    {
        _bench.Policy.Pis = new BootDecision(BootDisposition.Ignore);
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(_bench.Send(ClientMessage.Pi3RomDiscover($"b8:27:eb:00:01:{i:x2}")));
            _bench.Send(new ClientMessage(DhcpMessageType.Discover, $"b8:27:eb:00:01:{i:x2}"));
        }

        Assert.All(_bench.Book.Leases, l => Assert.True(l.Address.Value < Ipv4Address.Parse("10.42.0.139").Value));
        Assert.Equal(100, _bench.Counters.Dropped(DhcpDropReason.NotServed));
    }

    [Fact]
    public void Flood_of_discovers_takes_turns_among_its_own_offers_and_every_honest_client_still_gets_a_lease()
    {
        for (int i = 0; i < 1000; i++)
        {
            ServerMessage? forged = _bench.Send(new ClientMessage(DhcpMessageType.Discover, $"52:54:00:01:{i >> 8:x2}:{i & 255:x2}"));
            Assert.NotNull(forged);
            if (i % 100 == 50)
            {
                // Between its OFFER and its REQUEST the flood goes on.
                string honest = $"52:54:00:02:00:{i / 100:x2}";
                Ipv4Address offered = _bench.Send(new ClientMessage(DhcpMessageType.Discover, honest))!.Yiaddr;
                for (int more = 0; more < 60; more++)
                {
                    _bench.Send(new ClientMessage(DhcpMessageType.Discover, $"52:54:00:03:{i / 100:x2}:{more:x2}"));
                }

                ServerMessage ack = _bench.Send(new ClientMessage(DhcpMessageType.Request, honest).With(54, TestBench.Server).With(50, offered))!;
                Assert.Equal((DhcpMessageType.Ack, offered), (ack.Type, ack.Yiaddr));
            }
        }

        Assert.Equal(10, _bench.Book.Leases.Count(l => l.State == LeaseState.Bound));
    }

    [Fact]
    public void Address_of_an_old_offer_that_was_offered_anew_belongs_to_the_first_that_asks()
    {
        var bench = new TestBench(o => o with
        {
            Interfaces = [o.Interfaces[0] with { PoolLast = Ipv4Address.Parse("10.42.0.100") }],
        });
        Ipv4Address address = bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:01"))!.Yiaddr;
        Assert.Equal(address, bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:02"))!.Yiaddr);
        Assert.Equal(DhcpMessageType.Ack, bench.Send(Request("52:54:00:00:00:01"))!.Type);
        Assert.Equal(DhcpMessageType.Nak, bench.Send(Request("52:54:00:00:00:02"))!.Type);
        Assert.Null(bench.Send(new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:02")));

        ClientMessage Request(string mac) => new ClientMessage(DhcpMessageType.Request, mac).With(54, TestBench.Server).With(50, address);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.10", "10.0.0.13", "10.0.0.13")]
    [InlineData("10.0.0.0/8", "10.0.0.10", "10.0.0.17", "10.0.0.15")]
    [InlineData("10.0.0.0/8", "10.0.1.0", "10.0.1.255", "10.0.1.191")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "10.0.255.254", "10.0.255.190")]
    public void Kept_share_is_a_quarter_of_the_pool_but_never_more_than_64(string subnet, string first, string last, string shared)
    {
        var served = new ServedSubnet(TestBench.Subnet(subnet), Ipv4Address.Parse("10.255.0.1"), Ipv4Address.Parse(first), Ipv4Address.Parse(last));
        Assert.Equal(shared, served.SharedLast.ToString());
    }

    [Fact]
    public void Book_forgets_those_that_have_been_away_longest()
    {
        DateTimeOffset now = _bench.Now;
        var subnet = new ServedSubnet(TestBench.Subnet("10.0.0.0/16"), Ipv4Address.Parse("10.0.255.1"), Ipv4Address.Parse("10.0.0.1"), Ipv4Address.Parse("10.0.200.0"));
        LeaseBook book = _bench.Book;
        int many = LeaseBook.MaximumFree + 1000;
        for (int i = 0; i < many; i++)
        {
            Bind(i, now + TimeSpan.FromSeconds(i));
        }

        DateTimeOffset later = now + TimeSpan.FromSeconds(many) + TimeSpan.FromHours(2);
        Assert.Equal(0, book.Trim(now));
        Ipv4Address kept = Bind(many, later);
        Assert.True(book.Trim(later) >= 1000);
        Assert.True(book.Leases.Count <= LeaseBook.MaximumFree + 1);
        Assert.Null(book.FindByAddress(Ipv4Address.Parse("10.0.0.1")));
        Assert.NotNull(book.FindByAddress(kept));
        Assert.Equal(0, book.Trim(later));

        Ipv4Address Bind(int client, DateTimeOffset at)
        {
            var address = new Ipv4Address(0x0A000001 + (uint)client);
            var mac = new MacAddress(0x020000000000 + (ulong)client);
            Span<byte> key = stackalloc byte[ClientKey.Maximum];
            Assert.NotNull(book.Bind(new LeaseClient(subnet, ClientKey.WriteMac(key, subnet.Subnet, mac), mac, boots: true), address, at, TimeSpan.FromHours(1)));
            return address;
        }
    }
}
