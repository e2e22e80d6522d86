using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>Which options a reply has, in which order and where (RFC 2131 section 4.3.1, RFC 2132, 3046, 3396, 3442, 6842).</summary>
public sealed class OptionTests
{
    private const string Pc = "52:54:00:00:00:01";

    private static readonly Ipv4Address s_relay = Ipv4Address.Parse("10.42.0.253");

    private readonly TestBench _bench = new(o => o with { NtpServers = [Ipv4Address.Parse("10.42.0.9")] });

    public OptionTests() => _bench.Policy.Others = new BootDecision(BootDisposition.Ignore, "laptop");

    [Fact]
    public void What_is_asked_for_comes_in_the_order_asked_behind_what_always_comes()
    {
        ServerMessage offer = _bench.Send(Discover().With(55, 15, 42, 6, 12, 3, 6, 99))!;
        Assert.Equal([53, 54, 51, 58, 59, 1, 15, 42, 6, 12, 3], offer.Codes);
    }

    [Fact]
    public void Subnet_mask_comes_before_the_router_however_they_are_asked_for()
    {
        List<byte> codes = [.. _bench.Send(Discover().With(55, 3, 1))!.Codes];
        Assert.True(codes.IndexOf(1) < codes.IndexOf(3));
    }

    [Fact]
    public void What_is_not_asked_for_is_left_out()
    {
        ServerMessage offer = _bench.Send(Discover().With(55, 6))!;
        Assert.Equal([53, 54, 51, 58, 59, 1, 6], offer.Codes);
    }

    [Fact]
    public void Client_without_option_55_gets_the_usual()
    {
        Assert.Equal([53, 54, 51, 58, 59, 1, 3, 6, 12, 15, 28, 42], _bench.Send(Discover())!.Codes);
    }

    [Fact]
    public void A_server_that_gives_the_time_says_so_unless_another_one_is_named()
    {
        ServerMessage Offer(TestBench bench) => bench.Send(Discover().With(55, 42))!;
        Assert.Equal([10, 42, 0, 1], Offer(new TestBench(static o => o with { IsTimeServer = true })).Option(42));
        Assert.Equal([10, 42, 0, 9], Offer(new TestBench(static o => o with { IsTimeServer = true, NtpServers = [Ipv4Address.Parse("10.42.0.9")] })).Option(42));
        Assert.DoesNotContain((byte)42, Offer(new TestBench()).Codes);
    }

    [Fact]
    public void Times_are_half_and_seven_eighths_of_the_lease()
    {
        ServerMessage offer = _bench.Send(Discover())!;
        Assert.Equal((43200u, 21600u, 37800u), (offer.Number(51), offer.Number(58), offer.Number(59)));
    }

    [Fact]
    public void Classless_routes_take_the_place_of_the_router_where_both_are_asked_for()
    {
        var bench = new TestBench(o => o with
        {
            Routes =
            [
                new DhcpRoute(TestBench.Subnet("10.0.0.0/8"), s_relay),
                new DhcpRoute(TestBench.Subnet("192.168.128.0/17"), s_relay),
                new DhcpRoute(TestBench.Subnet("172.16.0.0/12"), Ipv4Address.Parse("192.168.99.1")),
            ],
        });
        ServerMessage both = bench.Send(Discover().With(55, 121, 3))!;
        Assert.Equal("080A0A2A00FD" + "11C0A8800A2A00FD" + "000A2A00FE", Convert.ToHexString(both.Option(121)!));
        Assert.Null(both.Option(3));
        Assert.NotNull(bench.Send(Discover().With(55, 3))!.Option(3));
        Assert.NotNull(bench.Send(Discover())!.Option(3));

        // Firmware does not read 121.
        Assert.NotNull(bench.Send(ClientMessage.Pi4Discover())!.Option(3));
    }

    [Fact]
    public void Default_route_of_the_configuration_counts_more_than_the_gateway()
    {
        var bench = new TestBench(o => o with { Routes = [new DhcpRoute(default, s_relay)] });
        Assert.Equal("000A2A00FD", Convert.ToHexString(bench.Send(Discover().With(55, 121))!.Option(121)!));
    }

    [Fact]
    public void Options_of_the_configuration_go_to_those_that_ask_and_those_marked_always_to_all()
    {
        var bench = new TestBench(o => o with { ExtraOptions = [new DhcpExtraOption(150, [10, 42, 0, 7], false), new DhcpExtraOption(26, [5, 120], true)] });
        ServerMessage asked = bench.Send(Discover().With(55, 150))!;
        Assert.Equal([10, 42, 0, 7], asked.Option(150));
        Assert.Equal([5, 120], asked.Option(26));
        ServerMessage silent = bench.Send(Discover())!;
        Assert.Null(silent.Option(150));
        Assert.Equal([5, 120], silent.Option(26));
    }

    [Fact]
    public void Long_option_is_split_into_parts_of_255_octets()
    {
        byte[] value = [.. Enumerable.Range(0, 400).Select(i => (byte)i)];
        var bench = new TestBench(o => o with { ExtraOptions = [new DhcpExtraOption(224, value, false)] });
        ServerMessage offer = bench.Send(Discover().With(57, 1500 >> 8, 1500 & 255).With(55, 224))!;
        Assert.Equal(2, offer.Codes.Count(c => c == 224));
        Assert.Equal(value, offer.Option(224));
    }

    [Fact]
    public void What_the_options_field_has_no_room_for_goes_into_file_and_sname()
    {
        var bench = new TestBench(o => o with
        {
            ExtraOptions = [new DhcpExtraOption(224, new byte[240], false), new DhcpExtraOption(225, new byte[120], false), new DhcpExtraOption(226, new byte[60], false)],
        });
        ServerMessage offer = bench.Send(Discover().With(55, 224, 225, 226, 6))!;
        Assert.True(offer.Octets.Length <= 548);
        Assert.Equal([3], offer.Option(52));
        Assert.Equal((225, 120, 255), (offer.Octets[108], offer.Octets[109], offer.Octets[108 + 122]));
        Assert.Equal((226, 60, 255), (offer.Octets[44], offer.Octets[45], offer.Octets[44 + 62]));
        Assert.Equal(240, offer.Option(224)!.Length);
        Assert.Equal(120, offer.Option(225)!.Length);
        Assert.Equal(60, offer.Option(226)!.Length);
        Assert.NotNull(offer.Option(6));
    }

    [Fact]
    public void Only_the_field_that_is_used_is_named_in_option_52()
    {
        var bench = new TestBench(o => o with { ExtraOptions = [new DhcpExtraOption(224, new byte[200], false), new DhcpExtraOption(225, new byte[100], false)] });
        ServerMessage offer = bench.Send(Discover().With(55, 224, 225))!;
        Assert.Equal([1], offer.Option(52));
        Assert.True(offer.Octets.AsSpan(44, 64).IndexOfAnyExcept((byte)0) < 0);
        Assert.Null(bench.Send(Discover())!.Option(52));
    }

    [Fact]
    public void Boot_firmware_never_gets_options_in_file_and_sname()
    {
        var bench = new TestBench(o => o with { ExtraOptions = [new DhcpExtraOption(128, new byte[250], true), new DhcpExtraOption(129, new byte[100], true)] });
        ServerMessage offer = bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Null(offer.Option(52));
        Assert.True(offer.Octets.AsSpan(44, 64 + 128).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(PxeMenu.RaspberryPiBoot.ToArray(), offer.Option(43));
    }

    [Theory]
    [InlineData(null, 548)]
    [InlineData(0, 548)]
    [InlineData(300, 548)]
    [InlineData(576, 548)]
    [InlineData(900, 872)]
    [InlineData(1500, 1472)]
    [InlineData(65535, 1472)]
    public void Reply_is_no_longer_than_option_57_allows_and_576_octets_are_always_allowed(int? maximum, int longest)
    {
        var bench = new TestBench(o => o with { ExtraOptions = [.. Enumerable.Range(200, 20).Select(i => new DhcpExtraOption((byte)i, new byte[100], true))] });
        ClientMessage discover = Discover();
        if (maximum is { } value)
        {
            discover.With(57, (byte)(value >> 8), (byte)value);
        }

        int length = bench.Send(discover)!.Octets.Length;
        Assert.InRange(length, longest - 102, longest);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(255)]
    [InlineData(400)]
    public void Option_82_is_echoed_unchanged_and_last_however_full_the_reply_is(int length)
    {
        var bench = new TestBench(o => o with { ExtraOptions = [.. Enumerable.Range(200, 20).Select(i => new DhcpExtraOption((byte)i, new byte[50], true))] });
        byte[] value = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        ClientMessage discover = new ClientMessage(DhcpMessageType.Discover, Pc, giaddr: s_relay).With(61, 0, 1, 2);
        foreach (byte[] part in value.Chunk(255))
        {
            discover.With(82, part);
        }

        ServerMessage offer = bench.Send(discover, unicast: true)!;
        Assert.Equal(value, offer.Option(82));
        Assert.Equal([0, 1, 2], offer.Option(61));
        int fieldEnd = Array.LastIndexOf(offer.Octets, (byte)255);
        byte[] last = offer.Octets[..fieldEnd];
        Assert.Equal(value.Chunk(255).Last(), last[^value.Chunk(255).Last().Length..]);
        Assert.NotNull(offer.Option(51));
    }

    [Fact]
    public void Option_82_without_a_relay_agent_is_not_echoed()
    {
        Assert.Null(_bench.Send(Discover().With(82, 1, 1, 1))!.Option(82));
    }

    [Fact]
    public void Client_identifier_is_echoed_in_every_reply()
    {
        byte[] identifier = [0, 9, 8, 7];
        ServerMessage offer = _bench.Send(Discover().With(61, identifier))!;
        Assert.Equal(identifier, offer.Option(61));
        Assert.Equal(identifier, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(61, identifier).With(54, TestBench.Server).With(50, offer.Yiaddr))!.Option(61));
        Assert.Equal(identifier, _bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(61, identifier).With(50, Ipv4Address.Parse("1.2.3.4")))!.Option(61));
    }

    [Fact]
    public void Client_identifier_that_is_too_long_to_name_anybody_does_not_push_the_lease_out()
    {
        ServerMessage offer = _bench.Send(Discover().With(61, new byte[255]).With(61, new byte[200]))!;
        Assert.Null(offer.Option(61));
        Assert.NotNull(offer.Option(51));
    }

    [Fact]
    public void Text_has_no_trailing_nul()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Equal("10.42.0.1", offer.Text(66));
        Assert.Equal("lan", _bench.Send(Discover().With(55, 15))!.Text(15));
    }

    [Fact]
    public void Server_address_is_the_same_in_siaddr_54_and_66()
    {
        foreach (ClientMessage discover in new[] { ClientMessage.Pi4Discover(), ClientMessage.Pi3RomDiscover() })
        {
            foreach (bool proxy in new[] { false, true })
            {
                _bench.Responder.IsProxy = proxy;
                ServerMessage offer = _bench.Send(discover)!;
                Assert.Equal(TestBench.Server, offer.Siaddr);
                Assert.Equal(TestBench.Server, offer.Address(54));
                Assert.Equal(TestBench.Server.ToString(), offer.Text(66));
            }
        }
    }

    [Fact]
    public void Raspberry_Pis_get_no_option_0_and_others_300_octets()
    {
        _bench.Responder.IsProxy = true;
        ServerMessage proxy = _bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Equal(255, proxy.Octets[^1]);
        _bench.Responder.IsProxy = false;
        Assert.Equal(255, _bench.Send(ClientMessage.Pi3RomDiscover())!.Octets[^1]);
        Assert.True(_bench.Send(new ClientMessage(DhcpMessageType.Request, Pc).With(50, Ipv4Address.Parse("1.2.3.4")))!.Octets.Length == 300);
    }

    private static ClientMessage Discover() => new(DhcpMessageType.Discover, Pc);
}
