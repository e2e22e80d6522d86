using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>UEFI on a Raspberry Pi, and the machines that must not be taken for one.</summary>
public sealed class UefiTests
{
    private const string File = "EFI/BOOT/BOOTAA64.EFI";

    private static readonly Ipv4Address s_client = Ipv4Address.Parse("10.42.0.60");

    private readonly TestBench _bench = new();

    public UefiTests() => _bench.Policy.Pis = new BootDecision(BootDisposition.Serve, "pi", UefiBootFile: File);

    [Fact]
    public void Server_tells_it_address_and_boot_file_in_the_forms_of_plain_PXE()
    {
        ServerMessage offer = _bench.Send(ClientMessage.Uefi())!;
        Assert.Equal("10.42.0.100", offer.Yiaddr.ToString());
        AssertBoots(offer);
        ServerMessage ack = _bench.Send(ClientMessage.Uefi(DhcpMessageType.Request).With(54, TestBench.Server).With(50, offer.Yiaddr))!;
        Assert.Equal(DhcpMessageType.Ack, ack.Type);
        AssertBoots(ack);
    }

    [Fact]
    public void It_keeps_the_address_of_the_firmware_that_started_it()
    {
        ServerMessage firmware = _bench.Send(ClientMessage.Pi4Discover())!;
        Assert.Equal(firmware.Yiaddr, _bench.Send(ClientMessage.Uefi())!.Yiaddr);
        Assert.Equal(ClientStage.Uefi, _bench.Policy.Events[^1].Stage);
        Assert.Equal("91cdf03d", _bench.Policy.Events[^1].Board.Serial.ToString());
    }

    [Fact]
    public void Proxy_tells_it_the_boot_file_on_port_67_and_again_on_4011()
    {
        _bench.Responder.IsProxy = true;
        ServerMessage offer = _bench.Send(ClientMessage.Uefi())!;
        Assert.Equal((DhcpMessageType.Offer, default(Ipv4Address)), (offer.Type, offer.Yiaddr));
        Assert.Equal(ReplyRoute.Broadcast, offer.Reply.Route);
        AssertBoots(offer);

        ServerMessage ack = _bench.Send(ClientMessage.Uefi(DhcpMessageType.Request, ciaddr: s_client), unicast: true, bootClientPort: 4011)!;
        Assert.Equal((DhcpMessageType.Ack, default(Ipv4Address), s_client), (ack.Type, ack.Yiaddr, ack.Ciaddr));
        Assert.Equal((ReplyRoute.Unicast, s_client, 4011, true), (ack.Reply.Route, ack.Reply.Address, ack.Reply.Port, ack.Reply.FromBootServerPort));
        Assert.Null(ack.Option(51));
        AssertBoots(ack);
    }

    [Theory]
    [InlineData(DhcpMessageType.Discover)]
    [InlineData(DhcpMessageType.Release)]
    [InlineData(DhcpMessageType.Decline)]
    public void Port_4011_answers_nothing_but_requests(DhcpMessageType type)
    {
        Assert.Null(_bench.Send(ClientMessage.Uefi(type, ciaddr: s_client), unicast: true, bootClientPort: 68));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.NotForProxy));
        Assert.Empty(_bench.Book.Leases);
    }

    [Fact]
    public void Port_4011_answers_nobody_outside_its_subnet()
    {
        Assert.Null(_bench.Send(ClientMessage.Uefi(DhcpMessageType.Request, ciaddr: Ipv4Address.Parse("8.8.8.8")), unicast: true, bootClientPort: 68));
        Assert.Equal(1, _bench.Counters.Dropped(DhcpDropReason.WrongClientAddress));
    }

    [Fact]
    public void Port_4011_gives_no_address_away_by_its_answer()
    {
        _bench.Send(ClientMessage.Uefi(DhcpMessageType.Request, ciaddr: s_client), unicast: true, bootClientPort: 68);
        Assert.DoesNotContain(_bench.Policy.Events, e => e.Kind == DhcpEventKind.Ack);
    }

    [Fact]
    public void Without_a_boot_file_it_gets_an_address_and_nothing_to_start()
    {
        _bench.Policy.Pis = new BootDecision(BootDisposition.Serve, "pi");
        ServerMessage offer = _bench.Send(ClientMessage.Uefi())!;
        Assert.Null(offer.Option(43));
        Assert.Null(offer.Option(60));
        Assert.Null(offer.Option(67));
        Assert.Equal(default, offer.Siaddr);
        _bench.Responder.IsProxy = true;
        Assert.Null(_bench.Send(ClientMessage.Uefi()));
    }

    public static TheoryData<string> Foreign => ["x86 BIOS", "x86 UEFI", "x86 iPXE", "iPXE on a Pi", "Pi that says x86 UEFI", "unknown arm64 UEFI"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Nobody_else_ever_gets_boot_information(string who)
    {
        ClientMessage discover = who switch
        {
            "x86 BIOS" => Pc(0),
            "x86 UEFI" => Pc(7),
            "x86 iPXE" => Pc(0).With(77, "iPXE").With(175, 0),
            "iPXE on a Pi" => ClientMessage.Uefi().With(77, "iPXE"),
            "Pi that says x86 UEFI" => ClientMessage.Uefi(architecture: 7),
            _ => Pc(11),
        };
        ServerMessage offer = _bench.Send(discover)!;
        Assert.All(new byte[] { 43, 60, 66, 67 }, code => Assert.Null(offer.Option(code)));
        Assert.Equal((default(Ipv4Address), ""), (offer.Siaddr, offer.File));
        _bench.Responder.IsProxy = true;
        Assert.Null(_bench.Send(discover));
        Assert.Null(_bench.Send(discover, unicast: true, bootClientPort: 68));
    }

    private static ClientMessage Pc(byte architecture) => new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:01")
        .With(55, 1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 43, 54, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135)
        .With(97, "00:56:4d:12:34:56:78:9a:bc:de:f0:12:34:56:78:9a:bc")
        .With(93, 0, architecture)
        .With(60, $"PXEClient:Arch:000{architecture:00}:UNDI:002001");

    private static void AssertBoots(ServerMessage reply)
    {
        Assert.Equal("PXEClient", reply.Text(60));
        Assert.Equal([6, 1, 8, 255], reply.Option(43));
        Assert.Equal((File, File), (reply.Text(67), reply.File));
        Assert.Equal((TestBench.Server, TestBench.Server), (reply.Siaddr, reply.Address(54)));
        Assert.Equal("10.42.0.1", reply.Text(66));
        Assert.Equal(17, reply.Option(97)!.Length);
        Assert.Null(reply.Option(52));
    }
}
