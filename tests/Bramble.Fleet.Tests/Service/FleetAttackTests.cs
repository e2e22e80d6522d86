using System.Text;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Service;

/// <summary>What a stranger on the same network tries, and what a person does about a board that changed.</summary>
public class FleetAttackTests
{
    private const string Name = "pi-91cdf03d";
    private const string BootId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    private const string Elsewhere = "10.77.0.66";
    private static readonly Ipv4Address s_elsewhere = Ipv4Address.Parse(Elsewhere);
    private static readonly BoardIdentity s_serialThief = TestFleet.Pi4 with { Mac = new MacAddress(0x020000000066) };
    private static readonly BoardIdentity s_macThief = TestFleet.Board("e4:5f:01:09:02:f7", PiFamily.Pi4, "00000bad", 0xd03114, PiModel.Pi4B);

    [Theory]
    [InlineData(EnrolmentPolicy.Open)]
    [InlineData(EnrolmentPolicy.List)]
    public async Task A_known_serial_from_another_mac_gets_nothing_and_the_client_keeps_its_root(EnrolmentPolicy policy)
    {
        await using TestFleet t = await UpAsync(o => o with { EnrolmentPolicy = policy });
        Boot(t, s_serialThief, Elsewhere);

        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
        Assert.Null(t.Read("91cdf03d/cmdline.txt", s_elsewhere));
        t.Neighbours[s_elsewhere] = s_serialThief.Mac;
        Assert.Null(t.Read("91cdf03d/cmdline.txt", s_elsewhere));
        Assert.NotNull(t.Read("91cdf03d/cmdline.txt"));
        Assert.Equal([(Name, "10.77.0.50")], t.Storage.Open.Select(static o => (o.Key, o.Value)));

        ClientStatus client = t.Client(Name);
        Assert.Equal(("up", "e4:5f:01:09:02:f7", "10.77.0.50"), (client.State, client.Mac, client.Address));
        Assert.Equal(FaultCode.BoardChanged, client.Fault?.Code);
        Assert.Equal(
            "A board with the MAC address 02:00:00:00:00:66 says that it is 91cdf03d, the board of client pi-91cdf03d. That one has the MAC address e4:5f:01:09:02:f7. "
            + "It asked once, last at 03:04:05 UTC, and was given nothing. The client runs on its own board: it was heard 0 s ago.",
            client.Fault!.Seen);
        Assert.Empty(t.Fleet.GetStatus().Unassigned);
        Assert.Single(t.Fleet.ListBoards());
        Assert.Equal("pi-91cdf03d is up. Fault BR115: A known board has another serial or MAC address.", StoryMaker.Tell(t.Fleet.GetStatus(), Name, [])!.Headline);
    }

    [Fact]
    public async Task A_known_mac_with_another_serial_makes_no_client_and_closes_no_root()
    {
        await using TestFleet t = await UpAsync();
        Boot(t, s_macThief, "10.77.0.50");

        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_macThief, ClientStage.Firmware).Disposition);
        Assert.Equal(Name, Assert.Single(t.Fleet.ListClients()).Name);
        Assert.Equal([(Name, "10.77.0.50")], t.Storage.Open.Select(static o => (o.Key, o.Value)));
        Assert.Equal("91cdf03d", t.Client(Name).Board);
        Assert.StartsWith(
            "A board with the MAC address e4:5f:01:09:02:f7, which is that of client pi-91cdf03d, says that it is 00000bad. That one is 91cdf03d.",
            t.Client(Name).Fault!.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_that_a_root_is_open_to_is_not_given_to_another_machine()
    {
        await using TestFleet t = await UpAsync();
        Ipv4Address address = Ipv4Address.Parse("10.77.0.50");
        Assert.True(t.Fleet.IsReservedForOther(address, TestFleet.Laptop.Mac));
        Assert.False(t.Fleet.IsReservedForOther(address, TestFleet.Pi4.Mac));
        Assert.False(t.Fleet.IsReservedForOther(s_elsewhere, TestFleet.Laptop.Mac));
        t.Fleet.RemoveClient(Name);
        Assert.False(t.Fleet.IsReservedForOther(address, TestFleet.Laptop.Mac));
    }

    [Fact]
    public async Task Machine_that_was_given_the_address_of_a_client_gets_none_of_its_files()
    {
        await using TestFleet t = await UpAsync();
        Assert.NotNull(t.Read("91cdf03d/cmdline.txt"));
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Laptop, ClientStage.OperatingSystem, "10.77.0.50");
        t.Neighbours[Ipv4Address.Parse("10.77.0.50")] = TestFleet.Laptop.Mac;
        Assert.Null(t.Read("91cdf03d/cmdline.txt"));
    }

    [Fact]
    public async Task The_fault_is_told_once_and_is_over_when_the_stranger_is_silent()
    {
        await using TestFleet t = await UpAsync();
        Boot(t, s_serialThief, Elsewhere);
        t.Fleet.Tick();
        Boot(t, s_serialThief, Elsewhere);
        t.Fleet.Tick();
        t.Time.Advance(15 * 60);
        Beacon(t);
        t.Fleet.Tick();
        Assert.Null(t.Client(Name).Fault);
        await TestFleet.Eventually(() => t.Log.Lines.Any(static l => l.Contains("BR115 is over", StringComparison.Ordinal)));
        Assert.Single(t.Log.Lines, static l => l.Contains("BR115 A known board has", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_opened_before_the_address_is_given()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.ServeAsync(TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Offer, TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Request, TestFleet.Pi4);
        Assert.Null(t.Read("91cdf03d/config.txt"));
        Assert.Null(t.Fleet.FindClient(Name)!.Bound);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);
        Assert.Equal([(Name, "10.77.0.50")], t.Storage.Published);
        Assert.Equal(new BoardBinding(TestFleet.Pi4.Mac, TestFleet.Pi4.Serial), t.Fleet.FindClient(Name)!.Bound);
    }

    [Fact]
    public async Task A_discover_alone_binds_nobody()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.List });
        t.Fleet.AddClient(new Client { Name = Name, Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value) });
        await t.ServeAsync(s_serialThief);
        t.Dhcp(DhcpEventKind.Discover, s_serialThief, address: Elsewhere);
        t.Dhcp(DhcpEventKind.Offer, s_serialThief, address: Elsewhere);
        await t.BindAsync(TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);
        Assert.Equal([(Name, "10.77.0.50")], t.Storage.Published);
    }

    [Fact]
    public async Task A_silent_boot_rom_is_its_bound_board_and_a_first_one_is_bound_when_it_says_its_serial()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client { Name = "kiosk", Board = BoardRef.Of(TestFleet.Pi3.Serial!.Value) });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi3Rom, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi3Rom);
        t.Dhcp(DhcpEventKind.Offer, TestFleet.Pi3Rom);
        t.Read("bootcode.bin");
        Assert.Null(t.Fleet.FindClient("kiosk")!.Bound);
        Assert.Empty(t.Storage.Published);

        // No second DHCP with a serial: the path says it.
        await TestFleet.Eventually(() => t.Read("8b07bcc6/config.txt") is not null);
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);
        Assert.Equal(new BoardBinding(TestFleet.Pi3.Mac, TestFleet.Pi3.Serial), t.Fleet.FindClient("kiosk")!.Bound);

        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(TestFleet.Pi3Rom, ClientStage.Firmware).Disposition);
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(TestFleet.Pi3, ClientStage.Firmware).Disposition);
        Assert.Null(t.Client("kiosk").Fault);
    }

    [Fact]
    public async Task A_client_named_by_its_mac_is_bound_to_the_serial_too()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client { Name = "kiosk", Board = BoardRef.Of(TestFleet.Pi4.Mac) });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_macThief, ClientStage.Firmware).Disposition);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task The_state_of_an_older_server_is_bound_to_the_board_that_came_up()
    {
        using var folder = new TempFolder();
        await using (TestFleet t = await UpAsync(folder: folder))
        {
        }

        string file = Path.Combine(folder.Path, "state", "clients", Name + ".json");
        string text = File.ReadAllText(file);
        int from = text.IndexOf("\"bound\"", StringComparison.Ordinal);
        File.WriteAllText(file, text.Remove(from, text.IndexOf('}', from) + 2 - from));

        await using TestFleet again = await TestFleet.StartAsync(folder: folder);
        Assert.Equal(new BoardBinding(TestFleet.Pi4.Mac, TestFleet.Pi4.Serial), again.Fleet.FindClient(Name)!.Bound);
        Assert.Equal(BootDisposition.Ignore, again.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task A_changed_board_boots_when_a_person_approves_and_not_while_the_old_one_is_heard()
    {
        using var folder = new TempFolder();
        await using (TestFleet t = await UpAsync(folder: folder))
        {
            Assert.Contains("nothing to approve", Assert.Throws<FleetException>(() => t.Fleet.Approve(Name)).Message, StringComparison.Ordinal);
            Boot(t, s_serialThief, Elsewhere);
            Assert.Contains("runs on its board 91cdf03d (e4:5f:01:09:02:f7)", Assert.Throws<FleetException>(() => t.Fleet.Approve(Name)).Message, StringComparison.Ordinal);
            t.Time.Advance(36);
            Assert.Equal(s_serialThief.Mac, t.Fleet.Approve(Name).Mac);

            Assert.Null(t.Client(Name).Fault);
            await t.BindAsync(s_serialThief, Elsewhere);
            await TestFleet.Eventually(() => t.Storage.Open[Name] == Elsewhere);
            Assert.Equal(2, t.Client(Name).Boot!.Number);
            Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        }

        await using TestFleet again = await TestFleet.StartAsync(folder: folder);
        Assert.Equal(BootDisposition.Serve, again.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
        Assert.Equal(BootDisposition.Ignore, again.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task A_board_with_another_serial_is_approved_by_that_serial()
    {
        await using TestFleet t = await UpAsync();
        t.Time.Advance(60);
        Boot(t, s_macThief, "10.77.0.50");
        t.Fleet.Approve("00000bad");
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(s_macThief, ClientStage.Firmware).Disposition);
        Assert.Equal("00000bad", t.Client(Name).Board);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task Of_several_boards_a_person_names_one()
    {
        await using TestFleet t = await UpAsync();
        t.Time.Advance(60);
        BoardIdentity second = s_serialThief with { Mac = new MacAddress(0x020000000077) };
        Boot(t, s_serialThief, Elsewhere);
        Boot(t, second, Elsewhere);
        Assert.Contains("02:00:00:00:00:66, 02:00:00:00:00:77", Assert.Throws<FleetException>(() => t.Fleet.Approve("91cdf03d")).Message, StringComparison.Ordinal);
        Assert.Contains("bramble client approve 02:00:00:00:00:77", t.Client(Name).Fault!.Fix, StringComparison.Ordinal);
        t.Fleet.Approve("02:00:00:00:00:66");
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(second, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task The_button_lets_a_changed_board_in_that_was_shown_before()
    {
        await using TestFleet t = await UpAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.Button }, window: true);
        t.Fleet.CloseEnrolmentWindow();
        t.Time.Advance(60);
        t.Fleet.OpenEnrolmentWindow(TimeSpan.FromMinutes(2));
        Boot(t, s_serialThief, Elsewhere);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
        t.Fleet.CloseEnrolmentWindow();
        t.Time.Advance(5);
        t.Fleet.OpenEnrolmentWindow(TimeSpan.FromMinutes(2));
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task What_is_approved_is_one_board_and_not_its_serial()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.List });
        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        t.Fleet.Approve("91cdf03d");
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(s_serialThief, ClientStage.Firmware).Disposition);
        t.Dhcp(DhcpEventKind.Discover, s_serialThief);
        BoardStatus board = Assert.Single(t.Fleet.GetStatus().Unassigned);
        Assert.Equal(("e4:5f:01:09:02:f7", FaultCode.BoardChanged), (board.Mac, board.Fault?.Code));

        t.Fleet.Approve("91cdf03d");
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        await t.ServeAsync(s_serialThief);
    }

    [Fact]
    public async Task A_replaced_board_is_bound_when_it_boots_without_more_words()
    {
        await using TestFleet t = await UpAsync();
        BoardIdentity fresh = TestFleet.Board("dc:a6:32:00:00:07", PiFamily.Pi4, "00000007", 0xd03114, PiModel.Pi4B);
        t.Fleet.UpdateClient(Name, static c => c with { Board = new BoardRef(new BoardSerial(7), default) });
        Assert.Null(t.Fleet.FindClient(Name)!.Bound);
        await TestFleet.Eventually(() => t.Fleet.Decide(fresh, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Discover, fresh);
        t.Dhcp(DhcpEventKind.Ack, fresh, address: "10.77.0.57");
        await TestFleet.Eventually(() => t.Storage.Open[Name] == "10.77.0.57");
        Assert.Equal(new BoardBinding(fresh.Mac, fresh.Serial), t.Fleet.FindClient(Name)!.Bound);
    }

    [Fact]
    public async Task A_root_that_another_client_displaced_is_opened_again()
    {
        await using TestFleet t = await UpAsync();
        t.Fleet.UpdateClient(Name, static c => c with { Board = new BoardRef(new BoardSerial(7), default) });
        t.Fleet.AddClient(new Client { Name = "b", Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value) });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        Boot(t, TestFleet.Pi4, "10.77.0.50");
        await TestFleet.Eventually(() => t.Storage.Open.GetValueOrDefault("b") == "10.77.0.50");
        Assert.False(t.Storage.Open.ContainsKey(Name));
        t.Fleet.RemoveClient("b");
        t.Storage.Open.Remove("b");

        t.Fleet.UpdateClient(Name, static c => c with { Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value) });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        Boot(t, TestFleet.Pi4, "10.77.0.50");
        await TestFleet.Eventually(() => t.Storage.Open.GetValueOrDefault(Name) == "10.77.0.50");
    }

    [Fact]
    public async Task A_root_that_was_closed_behind_the_servers_back_is_opened_again_for_the_next_boot_and_for_a_kernel_that_waits()
    {
        await using TestFleet t = await UpAsync();
        t.Storage.Open.Clear();
        t.Time.Advance(120);
        Boot(t, TestFleet.Pi4, "10.77.0.50");
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);

        t.Transfer(TftpTransferOutcome.Started, "91cdf03d/kernel8.img");
        t.Transfer(TftpTransferOutcome.Completed, "91cdf03d/kernel8.img");
        Assert.Equal("kernel", t.Client(Name).Boot!.Stage);
        t.Storage.Open.Clear();
        t.Time.Advance(4);
        t.Fleet.Tick();
        t.Time.Advance(6);
        t.Fleet.Tick();
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);
    }

    [Fact]
    public async Task A_root_that_is_not_open_within_ten_seconds_is_a_fault()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        var gate = new TaskCompletionSource();
        t.Storage.PublishGate = gate.Task;
        await t.BindAsync(TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);
        t.Fleet.Tick();
        t.Time.Advance(9);
        t.Fleet.Tick();
        Assert.Null(t.Client(Name).Fault);
        t.Time.Advance(1);
        t.Fleet.Tick();
        Assert.Equal(FaultCode.PublishFailed, t.Client(Name).Fault?.Code);
        Assert.Contains("should be open to 10.77.0.50 since 10 s", t.Client(Name).Fault!.Seen, StringComparison.Ordinal);
        gate.SetResult();
        await TestFleet.Eventually(() => t.Client(Name).Fault is null);
    }

    [Fact]
    public async Task A_beacon_counts_from_the_address_of_its_boot_only()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        string token = t.Fleet.FindClient(Name)!.BeaconToken;
        byte[] beacon = Encoding.ASCII.GetBytes($"bramble-up 1 {Name} {token} {BootId}\n");
        Assert.Null(t.Fleet.OnBeacon(s_elsewhere, beacon));
        t.Neighbours[s_elsewhere] = s_serialThief.Mac;
        Assert.Null(t.Fleet.OnBeacon(s_elsewhere, beacon));
        Assert.Equal("booting", t.Client(Name).State);
        Assert.Contains(t.Log.Lines, static l => l.Contains("has the right token and came from 10.77.0.66", StringComparison.Ordinal));
        Assert.NotNull(t.Fleet.OnBeacon(TestFleet.PiAddress, beacon));
        Assert.Equal("up", t.Client(Name).State);

        // Its system may take another address than its firmware.
        t.Neighbours[s_elsewhere] = TestFleet.Pi4.Mac;
        Assert.NotNull(t.Fleet.OnBeacon(s_elsewhere, beacon));
    }

    [Fact]
    public async Task In_proxy_mode_a_request_in_anybodys_name_moves_no_root()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.ServeAsync(TestFleet.Pi4);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        await TestFleet.Eventually(() => t.Read("91cdf03d/start4.elf") is not null);
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);

        // In the name of the client, for the stranger's own address.
        BoardIdentity linux = TestFleet.Pi4 with { Family = PiFamily.None, Serial = null, RevisionCode = null };
        t.Dhcp(DhcpEventKind.Request, linux, ClientStage.OperatingSystem, address: Elsewhere);
        t.Neighbours[s_elsewhere] = s_serialThief.Mac;
        t.Fleet.ConfirmAddresses();
        Assert.Null(t.Read("91cdf03d/cmdline.txt", s_elsewhere));

        // As a board of its own, for the client's address.
        BoardIdentity stranger = TestFleet.Board("02:00:00:00:00:66", PiFamily.Pi4, "00000bad", 0xd03114, PiModel.Pi4B);
        await TestFleet.Eventually(() => t.Fleet.Decide(stranger, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Request, stranger);
        t.Fleet.ConfirmAddresses();
        Assert.NotNull(t.Read("91cdf03d/start4.elf"));
        Assert.Equal([(Name, "10.77.0.50")], t.Storage.Open.Select(static o => (o.Key, o.Value)));

        t.Time.Advance(60);
        Assert.False(t.Fleet.ConfirmAddresses());
    }

    /// <summary>A client that is up on its own board, with its root open.</summary>
    private static async Task<TestFleet> UpAsync(Func<FleetOptions, FleetOptions>? change = null, TempFolder? folder = null, bool window = false)
    {
        TestFleet t = await TestFleet.StartAsync(change, folder);
        if (window)
        {
            t.Fleet.OpenEnrolmentWindow(TimeSpan.FromMinutes(2));
        }
        else if (t.Options.EnrolmentPolicy == EnrolmentPolicy.List)
        {
            t.Fleet.AddClient(new Client { Name = Name, Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value) });
        }

        await t.BindAsync(TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Storage.Open.Count == 1);
        Beacon(t);
        Assert.Equal("up", t.Client(Name).State);
        return t;
    }

    private static void Beacon(TestFleet t) => Assert.NotNull(
        t.Fleet.OnBeacon(TestFleet.PiAddress, Encoding.ASCII.GetBytes($"bramble-up 1 {Name} {t.Fleet.FindClient(Name)!.BeaconToken} {BootId}\n")));

    /// <summary>All DHCP of a boot, as if the server had answered.</summary>
    private static void Boot(TestFleet t, BoardIdentity board, string address)
    {
        t.Fleet.Decide(board, ClientStage.Firmware);
        t.Dhcp(DhcpEventKind.Discover, board, address: address);
        t.Dhcp(DhcpEventKind.Offer, board, address: address);
        t.Dhcp(DhcpEventKind.Request, board, address: address);
        t.Dhcp(DhcpEventKind.Ack, board, address: address);
    }
}
