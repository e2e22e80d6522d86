using System.Globalization;
using System.Text.Json;
using Bramble.Fleet.Metrics;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public void The_text_is_that_of_prometheus() => Assert.Equal(
        """
        # HELP a_total What\\it\nis.
        # TYPE a_total counter
        a_total{name="x\"y\\z\n",kind="k"} 3
        a_total 0.5
        # HELP b_seconds Times.
        # TYPE b_seconds histogram
        b_seconds_bucket{stage="up",le="1"} 1
        b_seconds_bucket{stage="up",le="2.5"} 2
        b_seconds_bucket{stage="up",le="+Inf"} 3
        b_seconds_sum{stage="up"} 9.25
        b_seconds_count{stage="up"} 3

        """,
        new PrometheusText().Family("a_total", "counter", "What\\it\nis.").Value("a_total", 3, ("name", "x\"y\\z\n"), ("kind", "k")).Value("a_total", 0.5)
            .Family("b_seconds", "histogram", "Times.").Histogram("b_seconds", "stage", "up", [1, 2.5], [1, 2], 9.25, 3).ToString());

    [Fact]
    public async Task A_boot_is_counted_stage_by_stage_and_its_fault_while_it_is_there()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Transfer(TftpTransferOutcome.Completed, "91cdf03d/start4.elf", 2_000_000);
        fleet.Transfer(TftpTransferOutcome.NotFound, "91cdf03d/recovery.elf");
        fleet.Transfer(TftpTransferOutcome.TimedOut, "91cdf03d/kernel8.img", 9_000_000);
        fleet.Time.Now += TimeSpan.FromSeconds(60);
        fleet.Fleet.Tick();

        string[] lines = fleet.Fleet.GetMetrics(fleet.Fleet.GetStatus(), leases: 7, "/nonexistent/data").Split('\n');
        Assert.Contains("bramble_clients{state=\"stuck\"} 1", lines);
        Assert.Contains("bramble_boot_stage_seconds_count{stage=\"firmware\"} 1", lines);
        Assert.Contains("bramble_boot_stage_seconds_bucket{stage=\"discover\",le=\"0.5\"} 1", lines);
        Assert.Contains("bramble_tftp_transfers_total{result=\"completed\"} 1", lines);
        Assert.Contains("bramble_tftp_transfers_total{result=\"timedOut\"} 1", lines);
        Assert.Contains("bramble_tftp_bytes_total 2000000", lines);
        Assert.Contains("bramble_faults{code=\"BR207\"} 1", lines);
        Assert.Contains("bramble_faults_total{code=\"BR207\"} 1", lines);
        Assert.Contains("bramble_enrolled_total 1", lines);
        Assert.Contains("bramble_dhcp_leases 7", lines);
        Assert.All(lines.Where(static l => l.Length > 0 && l[0] != '#'), static l => Assert.True(double.TryParse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out _), l));
        string[] families = [.. lines.Where(static l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static l => l.Split(' ')[2])];
        Assert.Equal(families.Distinct(), families);
    }

    [Fact]
    public async Task Boots_that_are_over_are_counted_by_how_far_they_came()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Transfer(TftpTransferOutcome.TimedOut, "91cdf03d/start4.elf", 2_000_000);
        fleet.Time.Now += TimeSpan.FromMinutes(5);
        await fleet.BindAsync(TestFleet.Pi4);
        fleet.Transfer(TftpTransferOutcome.Completed, "91cdf03d/kernel8.img", 9_000_000);
        string token = fleet.Fleet.FindClient("pi-91cdf03d")!.BeaconToken;
        for (int i = 0; i < 3; i++)
        {
            fleet.Fleet.OnBeacon(TestFleet.PiAddress, System.Text.Encoding.ASCII.GetBytes($"bramble-up 1 pi-91cdf03d {token} 11111111-2222-4333-8444-555555555555\n"));
        }

        string[] boots = [.. fleet.Fleet.GetMetrics(fleet.Fleet.GetStatus(), null, "/").Split('\n').Where(static l => l.StartsWith("bramble_boots_total", StringComparison.Ordinal))];
        Assert.Equal(["bramble_boots_total{stage=\"firmware\",result=\"failed\"} 1", "bramble_boots_total{stage=\"up\",result=\"up\"} 1"], boots);
    }

    [Fact]
    public async Task The_dashboard_asks_for_nothing_that_is_not_there()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        FleetStatus status = fleet.Fleet.GetStatus() with { Dhcp = new DhcpStatus("server", 1, 1, new Dictionary<string, long>(), new Dictionary<string, long>()) };
        HashSet<string> families = [.. fleet.Fleet.GetMetrics(status, leases: 7, "/").Split('\n').Where(static l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static l => l.Split(' ')[2])];
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "grafana", "bramble.json"), TestContext.Current.CancellationToken));
        string[] asked = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(static p => p.GetProperty("targets").EnumerateArray())
            .SelectMany(static t => t.GetProperty("expr").GetString()!.Split('(', ')', ' ', '{', '/', '[')).Where(static w => w.StartsWith("bramble_", StringComparison.Ordinal)).Select(static w => w.Replace("_bucket", "", StringComparison.Ordinal)).Distinct()];
        Assert.True(asked.Length > 10, string.Join(' ', asked));
        Assert.All(asked, name => Assert.Contains(name, families));
    }
}
