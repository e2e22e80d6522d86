using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Beacon;
using Bramble.Fleet.Service;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Service;

public class AddressRuleTests
{
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("10.77.0.50");
    private static readonly MacAddress s_board = new(0xe45f010902f7);
    private static readonly MacAddress s_stranger = new(0x020000000001);
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(DhcpEventKind.Discover, true, PiFamily.Pi4, false, AddressStep.None)]
    [InlineData(DhcpEventKind.Offer, true, PiFamily.Pi4, false, AddressStep.None)]
    [InlineData(DhcpEventKind.Offer, true, PiFamily.Pi5, false, AddressStep.None)]
    [InlineData(DhcpEventKind.Offer, true, PiFamily.Pi3, false, AddressStep.Held)]
    [InlineData(DhcpEventKind.Offer, false, PiFamily.Pi3, false, AddressStep.None)]
    [InlineData(DhcpEventKind.Request, true, PiFamily.Pi4, false, AddressStep.None)]
    [InlineData(DhcpEventKind.Ack, true, PiFamily.Pi4, false, AddressStep.Given)]
    [InlineData(DhcpEventKind.Ack, false, PiFamily.Pi4, true, AddressStep.Given)]
    [InlineData(DhcpEventKind.Request, true, PiFamily.Pi4, true, AddressStep.Said)]
    [InlineData(DhcpEventKind.OtherServer, false, PiFamily.Pi4, true, AddressStep.Said)]
    [InlineData(DhcpEventKind.ProxyOffer, true, PiFamily.Pi4, true, AddressStep.None)]
    [InlineData(DhcpEventKind.Release, true, PiFamily.Pi4, true, AddressStep.None)]
    public void Only_what_this_server_gave_is_known(DhcpEventKind kind, bool firmware, PiFamily family, bool proxy, object step) =>
        Assert.Equal((AddressStep)step, AddressRule.Of(kind, firmware, family, proxy));

    [Theory]
    [InlineData(AddressProof.Said, AddressProof.Said, true)]
    [InlineData(AddressProof.Said, AddressProof.Shown, true)]
    [InlineData(AddressProof.Shown, AddressProof.Said, false)]
    [InlineData(AddressProof.Shown, AddressProof.Shown, true)]
    [InlineData(AddressProof.Given, AddressProof.Shown, false)]
    [InlineData(AddressProof.Given, AddressProof.Given, true)]
    public void Better_proof_keeps_an_address(object first, object second, bool moved)
    {
        var book = new AddressBook(10);
        Assert.True(book.Note(s_address, s_board, (AddressProof)first, s_now));
        Assert.Equal(moved, book.Note(s_address, s_stranger, (AddressProof)second, s_now));
        book.TryFind(s_address, out MacAddress holder, s_now, out _);
        Assert.Equal(moved ? s_stranger : s_board, holder);
    }

    [Fact]
    public void A_message_of_its_own_proves_nothing_and_a_look_holds_for_seconds()
    {
        var book = new AddressBook(10);
        book.Note(s_address, s_board, AddressProof.Said, s_now);
        Assert.True(book.TryFind(s_address, out _, s_now, out bool isProven));
        Assert.False(isProven);
        Assert.False(book.TryFind(s_address, isOnLink: true, out _));
        Assert.True(book.TryFind(s_address, isOnLink: false, out _));
        book.Note(s_address, s_board, AddressProof.Shown, s_now);
        book.Note(s_address, s_board, AddressProof.Said, s_now + TimeSpan.FromSeconds(9));
        Assert.True(book.TryFind(s_address, out _, s_now + TimeSpan.FromSeconds(9), out isProven));
        Assert.True(isProven);
        book.TryFind(s_address, out _, s_now + TimeSpan.FromSeconds(10), out isProven);
        Assert.False(isProven);
        Assert.True(book.TryFind(s_address, isOnLink: true, out _));
    }

    [Fact]
    public void What_was_given_counts_as_seen_when_another_server_gives_addresses()
    {
        var book = new AddressBook(10);
        book.Note(s_address, s_board, AddressProof.Given, s_now);
        book.ForgetGiven();
        Assert.True(book.Note(s_address, s_stranger, AddressProof.Shown, s_now));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    public void No_address_belongs_to_nobody(string address) =>
        Assert.False(new AddressBook(10).Note(Ipv4Address.Parse(address), s_board, AddressProof.Given, s_now));

    [Theory]
    [InlineData("10.77.0.50", "10.77.0.50", null, true)]
    [InlineData("10.77.0.60", "10.77.0.50", null, false)]
    [InlineData("10.77.0.60", "10.77.0.50", true, true)]
    [InlineData("10.77.0.60", "10.77.0.50", false, false)]
    [InlineData("0.0.0.0", "0.0.0.0", null, false)]
    public void A_beacon_belongs_to_the_address_of_its_boot_or_to_its_board(string source, string bound, bool? senderIsBoard, bool belongs) =>
        Assert.Equal(belongs, BeaconRule.Belongs(
            Ipv4Address.Parse(source), Ipv4Address.Parse(bound), s_board, senderIsBoard is { } own ? own ? s_board : s_stranger : null));
}
