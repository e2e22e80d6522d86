using Bramble.Dhcp.Policy;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Service;

public sealed class FleetWatchTests
{
    private static readonly byte[] s_bpdu = Convert.FromHexString(
        "0180c20000005254001122ff0026424203000000000080005254001122330000000080005254001122338001000014000200" + "0f00");

    private static readonly Ipv4Address s_wrong = Ipv4Address.Parse("192.168.2.214");

    [Fact]
    public async Task A_slow_switch_is_a_fault_of_the_server_and_a_pi_3_that_boots_clears_it()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        INetworkSeen seen = fleet.Fleet;
        seen.Llc("eth0", s_bpdu);
        Assert.Equal(FaultCode.SpanningTree, Assert.Single(fleet.Fleet.GetStatus().Faults).Code);

        fleet.Time.Now += TimeSpan.FromSeconds(2);
        await fleet.BindAsync(TestFleet.Pi3);
        fleet.Transfer(TftpTransferOutcome.Completed, "bootcode.bin");
        seen.Llc("eth0", s_bpdu);
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
    }

    [Fact]
    public async Task A_board_that_looks_for_an_address_which_nobody_has_is_told()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        INetworkSeen seen = fleet.Fleet;
        for (int i = 0; i < 3; i++)
        {
            seen.Arp(TestFleet.Pi4.Mac, TestFleet.PiAddress, s_wrong, isRequest: true);
        }

        fleet.Time.Now += TimeSpan.FromSeconds(16);
        Fault? fault = fleet.Client("pi-91cdf03d").Fault;
        Assert.Equal(FaultCode.NobodyAnswers, fault?.Code);
        Assert.Contains("192.168.2.214", fault!.Seen, StringComparison.Ordinal);

        fleet.Transfer(TftpTransferOutcome.Completed, "91cdf03d/start4.elf");
        Assert.Null(fleet.Client("pi-91cdf03d").Fault);
    }

    [Fact]
    public async Task Asking_for_this_server_is_not_asking_elsewhere()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        ((INetworkSeen)fleet.Fleet).Arp(TestFleet.Pi4.Mac, TestFleet.PiAddress, TestFleet.Server, isRequest: true);
        fleet.Time.Now += TimeSpan.FromSeconds(16);
        Assert.Equal(FaultCode.NoTftp, fleet.Client("pi-91cdf03d").Fault?.Code);
    }

    [Fact]
    public async Task A_system_that_its_own_card_started_is_told_until_the_bootloader_asks()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.ServeAsync(TestFleet.Pi4);
        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4, ClientStage.OperatingSystem);
        Assert.Null(fleet.Client("pi-91cdf03d").Fault);
        fleet.Time.Now += TimeSpan.FromSeconds(40);
        Assert.Equal(FaultCode.OwnSystem, fleet.Client("pi-91cdf03d").Fault?.Code);
        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4);
        Assert.Null(fleet.Client("pi-91cdf03d").Fault);
    }

    [Fact]
    public async Task A_system_that_is_up_and_asks_again_is_still_the_one_from_here_if_its_root_is()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Transfer(TftpTransferOutcome.Completed, "91cdf03d/kernel8.img");
        fleet.Connections.Add(new TcpConnection(TestFleet.Server, 2049, TestFleet.PiAddress, 700));
        fleet.Fleet.PollRootConnections();
        byte[] beacon = System.Text.Encoding.ASCII.GetBytes($"bramble-up 1 pi-91cdf03d {fleet.Fleet.FindClient("pi-91cdf03d")!.BeaconToken} 0f8e8a36-8a1c-4bcd-9f0e-000000000001\n");
        Assert.NotNull(fleet.Fleet.OnBeacon(TestFleet.PiAddress, beacon));

        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4, ClientStage.OperatingSystem);
        fleet.Fleet.Tick();
        fleet.Time.Now += TimeSpan.FromSeconds(40);
        Assert.Null(fleet.Client("pi-91cdf03d").Fault);

        // The card was put in and the board restarted: its root is connected no more.
        fleet.Connections.Clear();
        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4, ClientStage.OperatingSystem);
        fleet.Fleet.Tick();
        fleet.Time.Now += TimeSpan.FromSeconds(40);
        Assert.Equal(FaultCode.OwnSystem, fleet.Client("pi-91cdf03d").Fault?.Code);
    }

    [Fact]
    public async Task Two_systems_of_one_identity_are_told_at_both_boards()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        await fleet.BindAsync(TestFleet.Pi3, "10.77.0.51");
        foreach (Bramble.Dhcp.Boards.BoardIdentity board in new[] { TestFleet.Pi4, TestFleet.Pi3 })
        {
            fleet.Fleet.OnDhcp(new DhcpEvent(fleet.Time.Now, DhcpEventKind.Request, board, ClientStage.OperatingSystem, default, TestFleet.Server, 9) { Identity = 42 });
        }

        ClientStatus first = fleet.Client("pi-91cdf03d");
        Assert.Equal(FaultCode.SameIdentity, first.Fault?.Code);
        Assert.Contains("pi-8b07bcc6", first.Fault!.Seen, StringComparison.Ordinal);
        Assert.Equal(FaultCode.SameIdentity, fleet.Client("pi-8b07bcc6").Fault?.Code);
    }

    [Fact]
    public async Task A_clock_that_went_back_since_the_last_start_is_told_once()
    {
        using var folder = new TempFolder();
        await using (TestFleet before = await TestFleet.StartAsync(folder: folder))
        {
            await before.BindAsync(TestFleet.Pi4);
        }

        await using var fleet = new TestFleet(folder: folder);
        fleet.Time.Now -= TimeSpan.FromDays(30);
        await fleet.Fleet.StartAsync(CancellationToken.None);
        Fault first = Assert.Single(fleet.Fleet.GetStatus().Faults);
        Assert.Equal(FaultCode.ServerClock, first.Code);
        fleet.Time.Now += TimeSpan.FromSeconds(5);
        Assert.Equal(first.Since, Assert.Single(fleet.Fleet.GetStatus().Faults).Since);
        fleet.Time.Now += TimeSpan.FromDays(30);
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
    }
}
