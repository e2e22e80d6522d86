using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Service;

public class FleetBootTests
{
    private const string BootId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    [Fact]
    public async Task A_fixed_address_is_kept_for_its_client_though_the_client_is_away()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client { Name = "kiosk", Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value), Address = TestFleet.PiAddress });

        Assert.True(t.Fleet.IsReservedForOther(TestFleet.PiAddress, new MacAddress(0x020000000001)));
        Assert.False(t.Fleet.IsReservedForOther(Ipv4Address.Parse("10.77.0.51"), new MacAddress(0x020000000001)));

        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        Assert.False(t.Fleet.IsReservedForOther(TestFleet.PiAddress, TestFleet.Pi4.Mac));
        Assert.True(t.Fleet.RemoveClient("kiosk"));
        Assert.False(t.Fleet.IsReservedForOther(TestFleet.PiAddress, new MacAddress(0x020000000001)));
    }

    [Fact]
    public async Task An_unknown_pi_is_enrolled_waits_for_its_root_and_is_served()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        var gate = new TaskCompletionSource();
        t.Storage.PrepareGate = gate.Task;
        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        await TestFleet.Eventually(() => t.Storage.Prepared.Count == 1);
        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        Assert.Equal("preparing", t.Client("pi-91cdf03d").RootState);
        gate.SetResult();

        ClientStatus client = await t.ServeAsync(TestFleet.Pi4);
        Assert.Equal(("ready", "trixie", "nfs", "4 Model B", 8192), (client.RootState, client.Image, client.Root, client.Model, client.MemoryMiB));
        BootDecision decision = t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        Assert.Equal("pi-91cdf03d", decision.HostName);
        RootRequest request = Assert.Single(t.Storage.Prepared);
        Assert.Equal(("pi-91cdf03d", "trixie", "10.77.0.2", 32), (request.Client, request.Image, request.ServerAddress, request.BeaconToken.Length));
    }

    [Fact]
    public async Task After_a_rollback_the_next_boot_waits_for_the_other_state_and_gets_it()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Storage.RollBack("pi-91cdf03d", 1);
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        Assert.Single(t.Storage.Prepared);

        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);

        // Nobody tells the fleet. Until the board boots again, its files are those that it booted with.
        t.Storage.RollBack("pi-91cdf03d", 2);
        t.Fleet.Open(TestFleet.PiAddress, "91cdf03d/config.txt").Content?.Dispose();
        Assert.EndsWith("/states/1/boot:config.txt", t.Reader.Asked[^1]);
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(TestFleet.Pi4 with { Family = PiFamily.None, Serial = null, RevisionCode = null }, ClientStage.OperatingSystem).Disposition);
        Assert.Single(t.Storage.Prepared);

        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        await t.BindAsync(TestFleet.Pi4);
        t.Fleet.Open(TestFleet.PiAddress, "91cdf03d/config.txt").Content?.Dispose();
        Assert.EndsWith("/states/2/boot:config.txt", t.Reader.Asked[^1]);
        await TestFleet.Eventually(() => t.Storage.Published.Count == 2);
    }

    [Fact]
    public async Task A_laptop_and_a_running_system_are_ignored_and_forgotten()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Laptop, ClientStage.Firmware).Disposition);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.OperatingSystem).Disposition);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Laptop);
        Assert.Empty(t.Fleet.ListBoards());
    }

    [Fact]
    public async Task The_system_of_a_client_gets_its_name_and_address()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client { Name = "kiosk", Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value), HostName = "door", Address = TestFleet.PiAddress });
        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        BoardIdentity linux = TestFleet.Pi4 with { Family = PiFamily.None, Serial = null, RevisionCode = null };
        Assert.Equal(new BootDecision(BootDisposition.Serve, "door", TestFleet.PiAddress), t.Fleet.Decide(linux, ClientStage.OperatingSystem));
    }

    [Fact]
    public async Task A_board_that_is_not_listed_is_remembered_until_it_is_approved()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.List });
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        BoardStatus seen = Assert.Single(t.Fleet.GetStatus().Unassigned);
        Assert.Equal(("91cdf03d", FaultCode.NotApproved), (seen.Board, seen.Fault?.Code));
        Assert.Throws<FleetException>(() => t.Fleet.Approve("00000001"));
        t.Fleet.Approve("91cdf03d");
        await t.ServeAsync(TestFleet.Pi4);
        Assert.Empty(t.Fleet.GetStatus().Unassigned);
    }

    [Fact]
    public async Task A_board_is_forgotten_with_its_file_unless_it_has_a_client()
    {
        using var folder = new TempFolder();
        await using (TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.List }, folder))
        {
            t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
            Assert.False(t.Fleet.ForgetBoard("00000001"));
            Assert.Throws<FleetException>(() => t.Fleet.ForgetBoard("nonsense"));
            t.Fleet.AddClient(new Client { Name = "kiosk", Board = BoardRef.Of(TestFleet.Pi4.Mac) });
            Assert.Contains("kiosk", Assert.Throws<FleetException>(() => t.Fleet.ForgetBoard("91cdf03d")).Message, StringComparison.Ordinal);
            t.Fleet.RemoveClient("kiosk");
            t.Fleet.Tick();
            Assert.True(t.Fleet.ForgetBoard("91cdf03d"));
            Assert.Empty(t.Fleet.GetStatus().Unassigned);
        }

        await using TestFleet again = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.List }, folder);
        Assert.Empty(again.Fleet.GetStatus().Unassigned);
    }

    [Fact]
    public async Task The_enrolment_window_opens_and_closes()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = EnrolmentPolicy.Button });
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        t.Fleet.OpenEnrolmentWindow(TimeSpan.FromMinutes(5));
        t.Time.Advance(299);
        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        t.Time.Advance(2);
        Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(TestFleet.Pi3, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task Without_an_image_the_fault_says_how_to_add_one_and_adding_one_heals_it()
    {
        await using TestFleet t = await TestFleet.StartAsync(image: false);
        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        await TestFleet.Eventually(() => t.Client("pi-91cdf03d").Fault?.Code == FaultCode.NoImage);
        Assert.Contains("bramble image add FILE", t.Client("pi-91cdf03d").Fault!.Fix, StringComparison.Ordinal);
        t.Storage.AddImage("trixie");
        await t.Fleet.RefreshImagesAsync(CancellationToken.None);
        Assert.Null((await t.ServeAsync(TestFleet.Pi4)).Fault);
    }

    [Fact]
    public async Task A_failed_preparation_shows_the_words_of_storage_and_is_tried_again_later()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Storage.PrepareFailure = new StorageException("The disk is full: free 3 GB in /var/lib/bramble.");
        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        await TestFleet.Eventually(() => t.Client("pi-91cdf03d") is { RootState: "failed" });
        Assert.Equal(FaultCode.RootFailed, t.Client("pi-91cdf03d").Fault?.Code);
        Assert.Contains("free 3 GB", t.Client("pi-91cdf03d").Fault!.Seen, StringComparison.Ordinal);
        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        Assert.Equal("failed", t.Client("pi-91cdf03d").RootState);
        t.Time.Advance(3);
        t.Storage.PrepareFailure = null;
        Assert.Equal("ready", (await t.ServeAsync(TestFleet.Pi4)).RootState);
    }

    [Fact]
    public async Task The_root_is_opened_once_to_each_new_address()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4, ClientStage.OperatingSystem, address: "10.77.0.51");
        await TestFleet.Eventually(() => t.Storage.Published.Count == 2);
        Assert.Equal([("pi-91cdf03d", "10.77.0.50"), ("pi-91cdf03d", "10.77.0.51")], t.Storage.Published);
    }

    [Fact]
    public async Task A_root_that_cannot_be_opened_is_a_fault_and_is_tried_again()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Storage.PublishFailure = new StorageException("nfs-server does not run.");
        await t.BindAsync(TestFleet.Pi4);
        await TestFleet.Eventually(() => t.Client("pi-91cdf03d").Fault?.Code == FaultCode.PublishFailed);
        t.Storage.PublishFailure = null;
        t.Time.Advance(3);
        t.Fleet.Tick();
        await TestFleet.Eventually(() => t.Client("pi-91cdf03d").Fault is null);
    }

    [Fact]
    public async Task In_proxy_mode_the_first_file_request_tells_the_address()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.ServeAsync(TestFleet.Pi4);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.NotNull(t.Read("91cdf03d/start4.elf"));
        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);
        Assert.Equal("10.77.0.50", t.Storage.Published[0].Address);
    }

    [Fact]
    public async Task In_proxy_mode_the_request_tells_the_address_and_the_neighbour_table_confirms_it()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.ServeAsync(TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Request, TestFleet.Pi4);
        Assert.Null(t.Read("91cdf03d/start4.elf"));
        Assert.Null(t.Fleet.FindClient("pi-91cdf03d")!.Bound);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.NotNull(t.Read("91cdf03d/start4.elf"));
        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);
    }

    [Fact]
    public async Task In_proxy_mode_the_root_follows_the_system_to_another_address()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.ServeAsync(TestFleet.Pi4);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.NotNull(t.Read("91cdf03d/start4.elf"));
        await TestFleet.Eventually(() => t.Storage.Open.ContainsValue("10.77.0.50"));

        t.Dhcp(DhcpEventKind.Request, Linux(TestFleet.Pi4), ClientStage.OperatingSystem, address: "10.77.0.60");
        Assert.True(t.Fleet.ConfirmAddresses());
        Assert.Equal(Ipv4Address.Parse("10.77.0.60"), Assert.Single(t.Asked));
        t.Neighbours[Ipv4Address.Parse("10.77.0.60")] = TestFleet.Pi4.Mac;
        Assert.True(t.Fleet.ConfirmAddresses());
        Assert.False(t.Fleet.ConfirmAddresses());
        await TestFleet.Eventually(() => t.Storage.Open.ContainsValue("10.77.0.60"));
    }

    [Fact]
    public async Task A_board_that_was_answered_as_proxy_tells_its_address_by_its_request_in_every_mode()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.ServeAsync(TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4);
        t.Dhcp(DhcpEventKind.ProxyOffer, TestFleet.Pi4, address: "0.0.0.0");
        t.Dhcp(DhcpEventKind.OtherServer, TestFleet.Pi4, server: "10.77.0.1");
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.NotNull(t.Read("91cdf03d/start4.elf"));
        await TestFleet.Eventually(() => t.Storage.Published.Count == 1);
        Assert.Equal("bound", t.Client("pi-91cdf03d").Boot!.Stage);
    }

    [Fact]
    public async Task A_client_whose_root_is_another_servers_says_that_it_is_up_too()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client { Name = "pi-91cdf03d", Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value), RootKind = RootKind.External, ExternalRoot = "nfs://10.77.0.200/srv/kiosk" });
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal($"ok {BootId}\n", Beacon(t, "pi-91cdf03d", t.Fleet.FindClient("pi-91cdf03d")!.BeaconToken));
        Assert.Equal("up", t.Client("pi-91cdf03d").State);
    }

    [Fact]
    public async Task A_whole_boot_is_told_stage_by_stage()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        var told = new List<BootEvent>();
        t.Fleet.BootEvent += e =>
        {
            lock (told)
            {
                told.Add(e);
            }
        };
        await t.BindAsync(TestFleet.Pi4);
        t.Time.Advance(2);
        t.Transfer(TftpTransferOutcome.Started, "91cdf03d/start4.elf", 2_000_000);
        BootStatus boot = t.Client("pi-91cdf03d").Boot!;
        Assert.Equal(("firmware", "start4.elf", 2_000_000), (boot.Stage, boot.File, boot.FileBytes));
        Assert.Equal(2.0, boot.Stages["firmware"]);
        t.Transfer(TftpTransferOutcome.Completed, "91cdf03d/start4.elf", 2_000_000);
        t.Transfer(TftpTransferOutcome.Completed, "91cdf03d/kernel8.img", 9_000_000);
        Assert.Equal("booting", t.Client("pi-91cdf03d").State);

        t.Connections.Add(new TcpConnection(TestFleet.Server, 2049, TestFleet.PiAddress, 931));
        t.Fleet.PollRootConnections();
        Assert.Equal("root", t.Client("pi-91cdf03d").Boot!.Stage);

        string token = t.Storage.Prepared[0].BeaconToken;
        Assert.Equal($"ok {BootId}\n", Beacon(t, "pi-91cdf03d", token));
        Assert.Equal($"ok {BootId}\n", Beacon(t, "pi-91cdf03d", token));
        Assert.Equal("up", t.Client("pi-91cdf03d").State);
        Assert.Equal(new FleetCounts(1, 0, 0, 0, 0), t.Fleet.GetStatus().Counts);
        await TestFleet.Eventually(() =>
        {
            lock (told)
            {
                return told.Count == 10;
            }
        });
        Assert.Equal(
            [BootStage.Discover, BootStage.Offered, BootStage.Bound, BootStage.Firmware, BootStage.Kernel, BootStage.Root, BootStage.Up],
            told.Where(e => e.Kind == BootEventKind.Stage).Select(e => e.Stage));
        Assert.Equal(["start4.elf", "kernel8.img"], t.Fleet.GetBootFiles("pi-91cdf03d", 1).Select(f => f.Path));
        Assert.Equal(["start4.elf", "kernel8.img"], told.Where(e => e.Kind == BootEventKind.Transfer).Select(e => e.Transfer!.Path));
    }

    [Fact]
    public async Task A_connection_left_over_from_before_the_boot_is_no_root()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Connections.Add(new TcpConnection(TestFleet.Server, 2049, TestFleet.PiAddress, 900));
        await t.BindAsync(TestFleet.Pi4);
        t.Fleet.PollRootConnections();
        t.Transfer(TftpTransferOutcome.Completed, "91cdf03d/kernel8.img");
        t.Fleet.PollRootConnections();
        Assert.Equal("kernel", t.Client("pi-91cdf03d").Boot!.Stage);

        // The kernel resets it and opens a new one, which may have the same port.
        TcpConnection same = t.Connections[0];
        t.Connections.Clear();
        t.Fleet.PollRootConnections();
        t.Connections.Add(same);
        t.Fleet.PollRootConnections();
        Assert.Equal("root", t.Client("pi-91cdf03d").Boot!.Stage);
    }

    [Fact]
    public async Task A_forged_beacon_is_not_answered_and_counts_nothing()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        Assert.Null(Beacon(t, "pi-91cdf03d", new string('0', 32)));
        Assert.Null(Beacon(t, "nobody", t.Storage.Prepared[0].BeaconToken));
        Assert.Null(t.Fleet.OnBeacon(TestFleet.PiAddress, "hello"u8));
        Assert.NotEqual("up", t.Client("pi-91cdf03d").State);
        Assert.Contains("wrong token", t.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pi_3_gets_bootcode_bin_before_its_serial_is_known_and_is_one_board()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi3Rom, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        Assert.Empty(t.Fleet.ListClients());
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi3Rom);
        t.Dhcp(DhcpEventKind.Offer, TestFleet.Pi3Rom);
        Assert.Equal("bootcode", t.Read("bootcode.bin"));
        Assert.Equal(["/images/trixie/boot:bootcode.bin"], t.Reader.Asked);
        Assert.Null(t.Read("start4.elf"));
        t.Transfer(TftpTransferOutcome.Completed, "bootcode.bin");
        t.Transfer(TftpTransferOutcome.NotFound, "bootsig.bin");

        await t.BindAsync(TestFleet.Pi3);
        t.Reader.Files["start.elf"] = "start";
        Assert.Equal("start", t.Read("8b07bcc6/start.elf"));
        Assert.Single(t.Fleet.ListBoards());
        Assert.Equal(1, t.Client("pi-8b07bcc6").Boot!.Number);
    }

    [Fact]
    public async Task A_fault_is_told_when_it_comes_and_when_it_goes()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        var told = new List<string>();
        t.Fleet.BootEvent += e =>
        {
            lock (told)
            {
                told.Add($"{e.Kind} {e.FaultCode}");
            }
        };
        await t.BindAsync(TestFleet.Pi4);
        t.Time.Advance(20);
        t.Fleet.Tick();
        t.Fleet.Tick();
        Assert.Equal("stuck", t.Client("pi-91cdf03d").State);
        t.Transfer(TftpTransferOutcome.Started, "91cdf03d/start4.elf");
        t.Fleet.Tick();
        await TestFleet.Eventually(() =>
        {
            lock (told)
            {
                return told.Contains("Cleared BR103");
            }
        });
        Assert.Single(told, "Fault BR103");
    }

    private static string? Beacon(TestFleet t, string client, string token) =>
        t.Fleet.OnBeacon(TestFleet.PiAddress, System.Text.Encoding.ASCII.GetBytes($"bramble-up 1 {client} {token} {BootId}\n")) is { } reply
            ? System.Text.Encoding.ASCII.GetString(reply)
            : null;

    private static BoardIdentity Linux(BoardIdentity board) => board with { Family = PiFamily.None, Serial = null, RevisionCode = null };
}
