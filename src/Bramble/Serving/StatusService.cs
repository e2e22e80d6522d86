using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Status;
using Bramble.Hosting;
using Microsoft.Extensions.Hosting;

namespace Bramble.Serving;

/// <summary>Every two seconds, gives systemd a status line and the fleet the mode that the DHCP server is in.</summary>
/// <param name="state">What is served.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="notifier">The service manager.</param>
/// <param name="time">The clock.</param>
/// <param name="dhcp">The DHCP server; null where there is none.</param>
internal sealed class StatusService(
    ServeState state, FleetService fleet, ServiceNotifier notifier, TimeProvider time, DhcpServer? dhcp = null) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    /// <summary>The status line.</summary>
    internal static string TextOf(FleetCounts counts) =>
        $"{counts.Up} up, {counts.Booting} booting, {counts.Stuck} stuck{(counts.Silent > 0 ? $", {counts.Silent} silent" : "")}";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            state.Take(dhcp?.CurrentMode, fleet.Reconfigure);
            notifier.Status(TextOf(fleet.GetStatus().Counts));
        }
    }
}
