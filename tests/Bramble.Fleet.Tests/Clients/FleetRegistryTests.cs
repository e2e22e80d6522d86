using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Clients;

public class FleetRegistryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly FleetRegistry _registry = new();

    [Fact]
    public void Boot_rom_and_bootcode_bin_of_one_pi_3_are_one_board()
    {
        Board rom = _registry.Observe(TestFleet.Pi3Rom, s_now, out BoardRef? former, out bool changed);
        Assert.True(changed);
        Assert.Null(former);
        Assert.Equal("b8:27:eb:07:bc:c6", rom.Ref.ToString());

        Board board = _registry.Observe(TestFleet.Pi3, s_now, out former, out changed);
        Assert.True(changed);
        Assert.Equal("b8:27:eb:07:bc:c6", former.ToString());
        Assert.Equal("8b07bcc6", board.Ref.ToString());
        Assert.Single(_registry.Boards);

        Board again = _registry.Observe(TestFleet.Pi3Rom, s_now, out former, out changed);
        Assert.False(changed);
        Assert.Null(former);
        Assert.Equal(board, again);
    }

    [Fact]
    public void A_listed_serial_is_found_by_the_mac_of_a_silent_boot_rom()
    {
        _registry.Add(Client("kiosk", "8b07bcc6"));
        Board rom = _registry.Observe(TestFleet.Pi3Rom, s_now, out _, out _);
        Assert.Equal("kiosk", _registry.ClientOf(rom)?.Name);
        Assert.Equal(rom, _registry.BoardOf(_registry.FindClient("kiosk")!));
    }

    [Fact]
    public void Two_serials_that_fit_one_mac_are_told_apart_by_neither()
    {
        _registry.Add(Client("a", "8b07bcc6"));
        _registry.Add(Client("b", "1107bcc6"));
        Assert.Null(_registry.ClientOf(_registry.Observe(TestFleet.Pi3Rom, s_now, out _, out _)));
    }

    [Fact]
    public void A_pi_4_is_not_found_by_bytes_of_its_mac()
    {
        _registry.Add(Client("a", "000902f7"));
        Assert.Null(_registry.ClientOf(_registry.Observe(TestFleet.Pi4 with { Serial = null }, s_now, out _, out _)));
    }

    [Fact]
    public void A_board_with_a_new_mac_is_the_same_board()
    {
        _registry.Observe(TestFleet.Pi4, s_now, out _, out _);
        BoardIdentity moved = TestFleet.Pi4 with { Mac = new MacAddress(0x020000000001) };
        Board board = _registry.Observe(moved, s_now, out _, out _);
        Assert.Single(_registry.Boards);
        Assert.Equal(moved.Mac, board.Mac);
        Assert.Equal(board, _registry.FindBoard(moved.Mac));
        Assert.Null(_registry.FindBoard(TestFleet.Pi4.Mac));
    }

    [Fact]
    public void Another_serial_on_a_known_mac_is_another_board()
    {
        _registry.Observe(TestFleet.Pi4, s_now, out _, out _);
        Assert.True(BoardSerial.TryParse("00000001", out BoardSerial other));
        Board board = _registry.Observe(TestFleet.Pi4 with { Serial = other }, s_now, out _, out _);
        Assert.Equal("00000001", board.Ref.ToString());
        Assert.Null(_registry.FindBoard(TestFleet.Pi4.Serial!.Value));
    }

    [Fact]
    public void A_second_client_of_the_same_name_is_refused()
    {
        _registry.Add(Client("kiosk", null));
        var e = Assert.Throws<FleetException>(() => _registry.Add(Client("kiosk", null)));
        Assert.Contains("already a client named 'kiosk'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_or_address_is_given_only_once()
    {
        _registry.Add(Client("a", "91cdf03d") with { Address = TestFleet.PiAddress });
        Assert.Contains("'a'", Assert.Throws<FleetException>(() => _registry.Add(Client("b", "91cdf03d"))).Message, StringComparison.Ordinal);
        _registry.Observe(TestFleet.Pi4, s_now, out _, out _);
        Assert.Throws<FleetException>(() => _registry.Add(Client("b", "e4:5f:01:09:02:f7")));
        Assert.Throws<FleetException>(() => _registry.Add(Client("b", null) with { Address = TestFleet.PiAddress }));
    }

    [Fact]
    public void A_replaced_board_frees_the_old_one()
    {
        _registry.Add(Client("a", "91cdf03d"));
        _registry.Update(Client("a", "8b07bcc6"));
        _registry.Add(Client("b", "91cdf03d"));
        Assert.Equal("b", _registry.ClientOf(_registry.Observe(TestFleet.Pi4, s_now, out _, out _))?.Name);
    }

    [Fact]
    public void Of_too_many_boards_the_longest_silent_one_without_a_client_is_forgotten()
    {
        _registry.Add(Client("a", "91cdf03d"));
        _registry.Observe(TestFleet.Pi4, s_now, out _, out _);
        _registry.Observe(TestFleet.Pi3, s_now.AddHours(1), out _, out _);
        Assert.Equal("8b07bcc6", Assert.Single(_registry.ForgetOldest(5)).Ref.ToString());
        Assert.Empty(_registry.ForgetOldest(5));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("pi-91cdf03d", true)]
    [InlineData("0", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("ä", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Names_are_host_names(string name, bool valid) => Assert.Equal(valid, ClientName.IsValid(name));

    [Theory]
    [InlineData("91cdf03d", "91cdf03d")]
    [InlineData("91CDF03D", "91cdf03d")]
    [InlineData("1000000091cdf03d", "91cdf03d")]
    [InlineData("E4-5F-01-09-02-F7", "e4:5f:01:09:02:f7")]
    [InlineData("91cdf03", null)]
    [InlineData("91cdf03g", null)]
    [InlineData("", null)]
    public void A_board_is_named_by_serial_or_mac(string text, string? name) =>
        Assert.Equal(name, BoardRef.TryParse(text, out BoardRef board) ? board.ToString() : null);

    private static Client Client(string name, string? board) => new()
    {
        Name = name,
        Board = board is not null && BoardRef.TryParse(board, out BoardRef parsed) ? parsed : null,
        BeaconToken = new string('0', 32),
    };
}
