using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Service;

public sealed class FleetNetworkTests
{
    private static readonly BoardIdentity s_router = TestFleet.Board("00:11:22:33:44:55", PiFamily.None, null, null, PiModel.Unknown);

    [Fact]
    public async Task A_second_dhcp_server_is_a_fault_that_names_it_and_is_over_when_it_is_gone()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        var events = new List<BootEvent>();
        fleet.Fleet.BootEvent += e =>
        {
            lock (events)
            {
                events.Add(e);
            }
        };
        fleet.Dhcp(DhcpEventKind.SecondServer, s_router, ClientStage.OperatingSystem, address: "0.0.0.0", server: "10.77.0.1");
        fleet.Fleet.Tick();
        Fault fault = Assert.Single(fleet.Fleet.GetStatus().Faults);
        Assert.Equal("BR107", fault.Code);
        Assert.Contains("10.77.0.1 (00:11:22:33:44:55)", fault.Seen, StringComparison.Ordinal);

        // Seen again in time: the same fault goes on.
        fleet.Time.Now += TimeSpan.FromMinutes(10);
        fleet.Dhcp(DhcpEventKind.SecondServer, s_router, ClientStage.OperatingSystem, address: "0.0.0.0", server: "10.77.0.1");
        fleet.Time.Now += TimeSpan.FromMinutes(10);
        fleet.Fleet.Tick();
        Assert.Equal(fault.Since, Assert.Single(fleet.Fleet.GetStatus().Faults).Since);

        fleet.Time.Now += TimeSpan.FromMinutes(3);
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
        await TestFleet.Eventually(() =>
        {
            lock (events)
            {
                return events.Exists(e => e is { Kind: BootEventKind.Cleared, FaultCode: "BR107" });
            }
        });
        lock (events)
        {
            Assert.Single(events, e => e is { Kind: BootEventKind.Fault, FaultCode: "BR107" });
        }
    }

    [Fact]
    public async Task The_router_beside_a_proxy_is_no_fault()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        fleet.Dhcp(DhcpEventKind.OtherServer, s_router, ClientStage.OperatingSystem, address: "0.0.0.0", server: "10.77.0.1");
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
    }

    [Fact]
    public async Task A_change_of_mode_is_an_event()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        BootEvent? seen = null;
        fleet.Fleet.BootEvent += e => seen = e.Kind == BootEventKind.Mode ? e : seen;
        fleet.Fleet.Reconfigure(fleet.Options with { Mode = FleetMode.Proxy });
        await TestFleet.Eventually(() => seen is not null);
        Assert.Contains("Another DHCP server", seen!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_neighbour_entry_of_a_Pi_3_is_kept_from_its_offer_until_its_kernel_is_loaded()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.ServeAsync(TestFleet.Pi3);
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Confirmed);

        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi3);
        fleet.Dhcp(DhcpEventKind.Offer, TestFleet.Pi3);
        fleet.Fleet.Tick();
        Assert.Equal(TestFleet.PiAddress, Assert.Single(fleet.Confirmed));

        fleet.Transfer(TftpTransferOutcome.Started, "8b07bcc6/start.elf");
        fleet.Fleet.Tick();
        Assert.Equal(2, fleet.Confirmed.Count);

        fleet.Transfer(TftpTransferOutcome.Started, "8b07bcc6/kernel8.img", 9_000_000);
        fleet.Transfer(TftpTransferOutcome.Completed, "8b07bcc6/kernel8.img", 9_000_000);
        fleet.Fleet.Tick();
        Assert.Equal(2, fleet.Confirmed.Count);
    }

    [Fact]
    public async Task A_Pi_4_answers_arp_itself()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Confirmed);
    }

    [Theory]
    [InlineData("EFI/BOOT/BOOTAA64.EFI")]
    [InlineData("efi/boot/bootaa64.efi")]
    public async Task UEFI_on_a_board_is_told_the_boot_file_of_its_boot_folder(string file)
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Fleet.Tick();
        Assert.Null(fleet.Fleet.Decide(TestFleet.Pi4, ClientStage.Uefi).UefiBootFile);

        string path = Path.Combine(fleet.Storage.BootFolder("pi-91cdf03d"), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "MZ");
        fleet.Fleet.Tick();
        Assert.Equal(file, fleet.Fleet.Decide(TestFleet.Pi4, ClientStage.Uefi).UefiBootFile);
        Assert.Null(fleet.Fleet.Decide(TestFleet.Laptop, ClientStage.Uefi).UefiBootFile);
    }
}
