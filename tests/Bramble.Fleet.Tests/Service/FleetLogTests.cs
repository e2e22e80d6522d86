using Bramble.Dhcp.Policy;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Fleet.Tests.Service;

/// <summary>What bootloaders log over the network.</summary>
public sealed class FleetLogTests
{
    [Fact]
    public async Task Lines_belong_to_the_board_that_sent_them_and_to_its_last_boot()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Time.Now += TimeSpan.FromSeconds(5);
        Send(fleet, TestFleet.Pi4.Mac, "of the first boot\n");
        fleet.Transfer(Tftp.Serving.TftpTransferOutcome.Completed, "91cdf03d/kernel8.img");
        fleet.Time.Now += TimeSpan.FromMinutes(5);
        Send(fleet, TestFleet.Pi4.Mac, "Boot mode: NETWORK (02)\n");
        fleet.Time.Now += TimeSpan.FromSeconds(3);
        fleet.Dhcp(DhcpEventKind.Discover, TestFleet.Pi4);
        fleet.Time.Now += TimeSpan.FromSeconds(1);
        Send(fleet, TestFleet.Pi4.Mac, "DHCP recv OFFER (2)\n");

        IReadOnlyList<BootLogStatus> log = fleet.Fleet.GetBootLog("pi-91cdf03d");
        Assert.Equal([(-3.0, "Boot mode: NETWORK (02)"), (1.0, "DHCP recv OFFER (2)")], log.Select(static l => (l.Seconds!.Value, l.Text)));
        Assert.Equal(log, fleet.Fleet.GetBootLog("91cdf03d"));
        Assert.Empty(fleet.Fleet.GetBootLog("nobody"));
    }

    [Fact]
    public async Task Strangers_and_what_is_no_datagram_are_dropped_and_counted()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        Send(fleet, TestFleet.Laptop.Mac, "nonsense\n");
        INetworkSeen seen = fleet.Fleet;
        byte[] frame = Frame(TestFleet.Pi4.Mac, "cut off\n");
        for (int length = 0; length < frame.Length; length++)
        {
            seen.Log(frame.AsSpan(0, length));
        }

        var random = new Random(3);
        for (int i = 0; i < 1000; i++)
        {
            byte[] bad = [.. frame];
            bad[random.Next(14, 42)] ^= (byte)random.Next(1, 256);
            seen.Log(bad);
        }

        Assert.All(fleet.Fleet.GetBootLog("pi-91cdf03d"), static l => Assert.All(l.Text, static c => Assert.InRange(c, ' ', '~')));
        string metrics = fleet.Fleet.GetMetrics(fleet.Fleet.GetStatus(), null, "/");
        Assert.Contains("bramble_bootloader_log_dropped_total{reason=\"notABoard\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("bramble_bootloader_log_dropped_total{reason=\"malformed\"}", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_survives_a_restart_of_the_server()
    {
        using var folder = new TempFolder();
        await using (TestFleet before = await TestFleet.StartAsync(folder: folder))
        {
            await before.BindAsync(TestFleet.Pi4);
            Send(before, TestFleet.Pi4.Mac, "first\nwithout an end");
        }

        await using TestFleet fleet = await TestFleet.StartAsync(folder: folder);
        Send(fleet, TestFleet.Pi4.Mac, "then\n");
        Assert.Equal(["first", "without an end", "then"], fleet.Fleet.GetBootLog("pi-91cdf03d").Select(static l => l.Text));
    }

    private static void Send(TestFleet fleet, MacAddress sender, string text) => ((INetworkSeen)fleet.Fleet).Log(Frame(sender, text));

    private static byte[] Frame(MacAddress sender, string text)
    {
        byte[] frame = new byte[1514];
        int length = PacketFrame.WriteUdp(frame, sender, default, Ipv4Address.Parse("169.254.1.1"), 6665, Ipv4Address.Broadcast, 6666, System.Text.Encoding.ASCII.GetBytes(text));
        return frame[..length];
    }
}
