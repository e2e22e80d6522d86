using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Bramble.Storing;

/// <summary>The storage on the bus. Stops the host when nothing was asked for a while.</summary>
/// <param name="storage">The storage.</param>
/// <param name="link">The system bus.</param>
/// <param name="notifier">The service manager.</param>
/// <param name="lifetime">The host.</param>
/// <param name="time">The clock of the idle time.</param>
/// <param name="loggers">Loggers.</param>
internal sealed class StorageBusService(
    StorageService storage, BusLink link, ISystemdNotifier notifier, IHostApplicationLifetime lifetime, TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    private readonly StorageBusObject _object = new(
        storage, storage, storage, storage, storage, BusCallers.RootAndBramble, time, loggers.CreateLogger("bus"));

    private IBusConnection? _bus;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _bus = await link.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Name == BusErrors.NoServer)
        {
            throw new BusException(e.Name, $"no D-Bus system bus: {e.Message}");
        }

        // Before the name is taken: calls may arrive at once.
        await new SystemBusObject(BusCallers.RootAndBramble).AttachAsync(_bus).ConfigureAwait(false);
        await _object.AttachAsync(_bus).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _object.RunUntilIdleAsync(_bus!, s_idle, () => notifier.Notify(ServiceState.Stopping), stoppingToken).ConfigureAwait(false);
        lifetime.StopApplication();
    }
}
