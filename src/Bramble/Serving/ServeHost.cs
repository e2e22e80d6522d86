using Bramble.Appliance;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Watch;
using Bramble.Linux.DBus;
using Bramble.Linux.Sockets;
using Bramble.Linux.Systemd;
using Bramble.Logging;
using Bramble.Panel;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>The running server: puts the rooms together, keeps systemd informed, and takes a new configuration while it runs.</summary>
internal sealed partial class ServeHost : IAsyncDisposable
{
    private static readonly TimeSpan s_statusInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_busWait = TimeSpan.FromSeconds(5);

    // Enough for the small files of many boards and the blocks that are on their way; the kernel's page cache holds the rest.
    private const long CachedBytes = 4 << 20;

    private readonly string _configPath;
    private readonly LineLoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SystemdNotifier _notifier = SystemdNotifier.FromEnvironment();
    private readonly BusLink _bus = BusLink.ToSystemBus();
    private readonly DiskContentCache _cache = new(CachedBytes) { RefusesEmptyFiles = true };
    private readonly LinuxNetworkWatch _networkWatch = new(TimeProvider.System);
    private readonly FleetService _fleet;
    private readonly DhcpServer? _dhcp;
    private readonly TftpServer _tftp;
    private readonly BeaconListener _beacon;
    private readonly ServePanelHost _panelHost;
    private readonly PanelService _panel;
    private readonly List<IDisposable> _timers = [];
    private readonly IReadOnlyList<Fault> _boxFaults = BoxFaults.Read();
    private readonly Lock _reloadGate = new();
    private BrambleConfig _config;
    private IReadOnlyList<DhcpInterfaceOptions> _interfaces;
    private FleetMode _shownMode;
    private bool _busWasMissed;

    /// <summary>Puts everything together; nothing listens yet.</summary>
    public ServeHost(string configPath, BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces, LineLoggerFactory loggers)
    {
        (_configPath, _config, _interfaces, _loggers) = (configPath, config, interfaces, loggers);
        _logger = loggers.CreateLogger("serve");
        TimeProvider time = TimeProvider.System;
        FleetOptions fleet = ServeSettings.Fleet(config, interfaces, _boxFaults);
        _shownMode = fleet.Mode;
        var storage = new StorageBusProxy(_bus);
        _fleet = new FleetService(
            fleet, storage, new BootFolderReader(_cache), new LinuxNeighbours(), time, loggers.CreateLogger("fleet"), changes: storage)
        {
            NetworkWatch = _networkWatch,
        };
        _tftp = new TftpServer(ServeSettings.Tftp(config, interfaces), _fleet, _fleet, time, loggers.CreateLogger("tftp"));
        var others = new OtherDhcpServer(_fleet);
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            _dhcp = new DhcpServer(ServeSettings.Dhcp(config, interfaces), _fleet, others, time, loggers.CreateLogger("dhcp"));
        }

        // Attached before anything uses the bus, so that the first connection has the object.
        var imports = new ImportWatch(time);
        var fleetObject = new FleetBusObject(new ServeFleetApi(_fleet, _dhcp, imports, Reload, config.DataFolder), BusCallers.RootAndBramble, loggers.CreateLogger("bus"));
        _panelHost = new ServePanelHost(_fleet, _tftp, others, imports, _bus, () => (_config, _interfaces));
        _panel = new PanelService(_panelHost, config.Panel, loggers.CreateLogger("panel"));
        _fleet.BootEvent += _ => _panel.Changed();
        imports.Changed = _panel.Changed;
        _bus.Attach(new PanelBusObject(_panel, BusCallers.RootAndBramble).AttachAsync);
        _bus.Attach(fleetObject.AttachAsync);
        // Last: whoever calls the server need not wait for what it listens to.
        _bus.Attach(imports.AttachAsync);
        _beacon = new BeaconListener((address, datagram) => _fleet.OnBeacon(address, datagram.Span), loggers.CreateLogger("beacon"));
    }

    /// <summary>Serves until <paramref name="stop"/>; then ends what runs and writes what is not yet written.</summary>
    /// <exception cref="IOException">A port, an interface or a folder cannot be had; the message names it and the fix.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        _panel.Start();
        _networkWatch.Watch([.. _interfaces.Select(static i => i.Name)], _config.Netconsole);
        await _fleet.StartAsync(stop);
        _tftp.Start();
        _dhcp?.Start();
        _beacon.Start(_config.BeaconPort);
        Task bus = _bus.KeepUpAsync(TimeProvider.System, BusLost, _stop.Token);

        if (WatchdogSettings.FromEnvironment() is { } settings)
        {
            _timers.Add(new Watchdog(_notifier, settings, [.. _tftp.Heartbeats, .. DhcpHeartbeats()], _loggers.CreateLogger("watchdog")));
        }

        _timers.Add(new Timer(_ => TellStatus(), null, s_statusInterval, s_statusInterval));
        _timers.Add(new ConfigWatcher(_configPath, Reload));
        _panelHost.IsServing = true;
        _panel.Changed();
        TellNetworks();
        await WaitForBusAsync(stop);
        _notifier.Ready(StatusText());
        WarnOfRelaxedCheck();
        foreach (Fault fault in _boxFaults)
        {
            LogBoxFault(fault.Code, fault.Seen, fault.Fix);
        }

        LogServing(string.Join(", ", _interfaces.Select(i => $"{i.Name} ({i.Address})")), _config.DhcpMode.ToString().ToLowerInvariant());

        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LogStopping();
        _notifier.Stopping();
        await _stop.CancelAsync();
        await bus;
    }

    /// <summary>Reads the configuration again. A file with mistakes changes nothing.</summary>
    public void Reload()
    {
        lock (_reloadGate)
        {
            _notifier.Reloading();
            try
            {
                ApplyConfiguration();
            }
            finally
            {
                _notifier.Ready(StatusText());
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable timer in _timers)
        {
            timer.Dispose();
        }

        _panel.Dispose();
        _dhcp?.Dispose();
        _tftp.Dispose();
        _beacon.Dispose();
        await _fleet.DisposeAsync();
        _networkWatch.Dispose();
        await _bus.DisposeAsync();
        _cache.Dispose();
        _notifier.Dispose();
        _stop.Dispose();
    }

    private IEnumerable<Linux.Loops.LoopHeartbeat> DhcpHeartbeats() => _dhcp is null ? [] : [_dhcp.Heartbeat];

    // Whoever waits for "ready" calls over the bus next. Boards are served without a bus too; that there is none is said by BusLost.
    private async Task WaitForBusAsync(CancellationToken stop)
    {
        try
        {
            await _bus.GetAsync(stop).AsTask().WaitAsync(s_busWait, stop);
        }
        catch (Exception e) when (e is BusException or TimeoutException or OperationCanceledException)
        {
        }
    }

    private void BusLost(BusException why)
    {
        if (!_busWasMissed)
        {
            _busWasMissed = true;
            LogNoBus(why.Message);
        }
    }

    private void ApplyConfiguration()
    {
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Load(_configPath);
        IReadOnlyList<DhcpInterfaceOptions>? interfaces = null;
        if (config is not null)
        {
            (interfaces, ConfigError? error) = InterfaceChoice.Choose(_configPath, config, InterfaceInfo.GetAll());
            errors = error is null ? [] : [error];
        }

        if (config is null || interfaces is null)
        {
            foreach (ConfigError error in errors)
            {
                LogMistake(error.ToString());
            }

            LogOldHolds();
            return;
        }

        try
        {
            Take(config, interfaces);
            LogReloaded();
        }
        catch (Exception e) when (e is DhcpServerException or UdpBindException or IOException)
        {
            LogMistake(e.Message);
            LogOldHolds();
        }
    }

    private void Take(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces)
    {
        // The one that checks the most goes first, so that a refusal leaves all as it was.
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            _dhcp?.Reconfigure(ServeSettings.Dhcp(config, interfaces));
        }

        _tftp.Reconfigure(ServeSettings.Tftp(config, interfaces));
        if (NeedsRestart(_config, config))
        {
            LogNeedsRestart();
        }

        (_config, _interfaces) = (config, interfaces);
        _networkWatch.Watch([.. interfaces.Select(static i => i.Name)], config.Netconsole);
        TellNetworks();
        WarnOfRelaxedCheck();
        _loggers.MinimumLevel = config.LogLevel;
        _panel.Configure(config.Panel);
        _fleet.Reconfigure(ServeSettings.Fleet(config, interfaces, _boxFaults) with { Mode = CurrentMode() });
    }

    private void TellNetworks()
    {
        try
        {
            ServedNetworks.Tell(_config, _interfaces);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNetworksNotTold(e.Message);
        }
    }

    private void WarnOfRelaxedCheck()
    {
        if (!_config.CheckAddress)
        {
            LogRelaxedCheck();
        }
    }

    private static bool NeedsRestart(BrambleConfig old, BrambleConfig now) =>
        old.StateFolder != now.StateFolder || old.BeaconPort != now.BeaconPort
        || (old.DhcpMode == DhcpServiceMode.Off) != (now.DhcpMode == DhcpServiceMode.Off);

    private FleetMode CurrentMode() => _dhcp?.CurrentMode switch
    {
        DhcpMode.Server => FleetMode.Server,
        DhcpMode.Auto => _shownMode, // Not known yet: no change.
        _ => FleetMode.Proxy,
    };

    private void TellStatus()
    {
        // In mode auto the DHCP server finds out by itself what it is.
        FleetMode mode = CurrentMode();
        if (mode != _shownMode)
        {
            lock (_reloadGate)
            {
                _shownMode = mode;
                _fleet.Reconfigure(ServeSettings.Fleet(_config, _interfaces, _boxFaults) with { Mode = mode });
            }
        }

        _notifier.Status(StatusText());
    }

    private string StatusText()
    {
        Fleet.Status.FleetCounts counts = _fleet.GetStatus().Counts;
        return $"{counts.Up} up, {counts.Booting} booting, {counts.Stuck} stuck{(counts.Silent > 0 ? $", {counts.Silent} silent" : "")}";
    }

    [LoggerMessage(EventId = 5201, Level = LogLevel.Information, Message = "Serving on {Interfaces}, DHCP mode {Mode}.")]
    private partial void LogServing(string interfaces, string mode);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Information, Message = "Stopping.")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 5203, Level = LogLevel.Warning, Message = "No D-Bus system bus: {Reason}. Boards whose root is made boot as ever; making roots, 'bramble status' and the other commands need the bus. Looking again from time to time.")]
    private partial void LogNoBus(string reason);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Error, Message = "{Mistake}")]
    private partial void LogMistake(string mistake);

    [LoggerMessage(EventId = 5205, Level = LogLevel.Warning, Message = "The configuration was not changed: the file has mistakes.")]
    private partial void LogOldHolds();

    [LoggerMessage(EventId = 5206, Level = LogLevel.Information, Message = "The configuration was read again.")]
    private partial void LogReloaded();

    [LoggerMessage(EventId = 5208, Level = LogLevel.Warning, Message = "[tftp] check-address = no: whoever is on the served network can read every board's files, passwords in them too. Take the line out unless you alone are on that network.")]
    private partial void LogRelaxedCheck();

    [LoggerMessage(EventId = 5209, Level = LogLevel.Error, Message = "{Code}: {Seen} Fix: {Fix}")]
    private partial void LogBoxFault(string code, string seen, string fix);

    [LoggerMessage(EventId = 5210, Level = LogLevel.Error, Message = "The firewall cannot be told what is served: {Reason}")]
    private partial void LogNetworksNotTold(string reason);

    [LoggerMessage(EventId = 5207, Level = LogLevel.Warning, Message = "A changed state folder, beacon port, or switching DHCP off or on takes effect at the next start: 'systemctl restart bramble'.")]
    private partial void LogNeedsRestart();
}
