using Bramble.Bus;
using Bramble.Linux.DBus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Keeps the boot server on the bus. Boards are served without a bus too.</summary>
internal sealed partial class ServeBusService : BackgroundService
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(5);

    private readonly BusLink _bus;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _wasMissed;

    /// <summary>Attaches the objects before anything uses the bus, so that the first connection has them.</summary>
    public ServeBusService(
        BusLink bus, FleetBusObject fleet, PanelBusObject panel, ImportWatch imports, TimeProvider time, ILoggerFactory loggers)
    {
        (_bus, _time, _logger) = (bus, time, loggers.CreateLogger("serve"));
        bus.Attach(panel.AttachAsync);
        bus.Attach(fleet.AttachAsync);
        // Last: a caller of the server need not wait for what it listens to.
        bus.Attach(imports.AttachAsync);
    }

    /// <summary>Connects, and waits a moment for it: a program that waits for READY calls over the bus next.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _bus.GetAsync(cancellationToken).AsTask().WaitAsync(s_wait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BusException or TimeoutException)
        {
            // Lost says that there is no bus.
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _bus.KeepUpAsync(_time, Lost, stoppingToken);

    private void Lost(BusException why)
    {
        if (!_wasMissed)
        {
            _wasMissed = true;
            LogNoBus(why.Message);
        }
    }

    [LoggerMessage(
        EventId = 5203, Level = LogLevel.Warning,
        Message = "No D-Bus system bus: {Reason}. Boards whose root is made boot as ever; making roots, 'bramble status' and the other "
            + "commands need the bus. Looking again from time to time.")]
    private partial void LogNoBus(string reason);
}
