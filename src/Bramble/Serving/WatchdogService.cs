using Bramble.Dhcp;
using Bramble.Hosting;
using Bramble.Linux.Loops;
using Bramble.Linux.Systemd;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Feeds systemd's watchdog while every packet loop turns, if systemd asks for that.</summary>
/// <param name="notifier">The service manager.</param>
/// <param name="tftp">The TFTP server.</param>
/// <param name="loggers">Loggers.</param>
/// <param name="dhcp">The DHCP server; null where there is none.</param>
internal sealed class WatchdogService(
    ServiceNotifier notifier, TftpServer tftp, ILoggerFactory loggers, DhcpServer? dhcp = null) : IHostedService, IDisposable
{
    private Watchdog? _watchdog;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (WatchdogSettings.FromEnvironment() is { } settings)
        {
            IReadOnlyList<LoopHeartbeat> loops = [.. tftp.Heartbeats, .. dhcp is null ? (LoopHeartbeat[])[] : [dhcp.Heartbeat]];
            _watchdog = new Watchdog(notifier.Ping, settings, loops, loggers.CreateLogger("watchdog"));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchdog?.Dispose();
        _watchdog = null;
    }
}
