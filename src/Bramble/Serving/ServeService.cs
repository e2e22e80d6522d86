using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Watch;
using Bramble.Hosting;
using Bramble.Panel;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Starts what serves boards. When it has started, all sockets are open; the container disposes of the parts.</summary>
internal sealed partial class ServeService : IHostedLifecycleService
{
    private readonly ServeState _state;
    private readonly ServedNetworksWriter _networks;
    private readonly FleetService _fleet;
    private readonly LinuxNetworkWatch _networkWatch;
    private readonly TftpServer _tftp;
    private readonly DhcpServer? _dhcp;
    private readonly BeaconListener _beacon;
    private readonly ServePanelHost _panelHost;
    private readonly PanelService _panel;
    private readonly ILogger _logger;

    /// <summary>Connects the parts; nothing listens yet.</summary>
    public ServeService(
        ServeState state, ServedNetworksWriter networks, FleetService fleet, LinuxNetworkWatch networkWatch, TftpServer tftp,
        BeaconListener beacon, ServePanelHost panelHost, PanelService panel, ImportWatch imports, ServiceNotifier notifier,
        ILoggerFactory loggers, DhcpServer? dhcp = null)
    {
        (_state, _networks, _fleet, _networkWatch, _tftp, _beacon, _dhcp) = (state, networks, fleet, networkWatch, tftp, beacon, dhcp);
        (_panelHost, _panel, _logger) = (panelHost, panel, loggers.CreateLogger("serve"));
        fleet.BootEvent += _ => panel.Changed();
        imports.Changed = panel.Changed;
        notifier.StatusText = () => StatusService.TextOf(fleet.GetStatus().Counts);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Before the rest, so that it shows that the server starts.
        _panel.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A port, an interface or a folder cannot be used; the message names it and the fix.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) = _state.Current;
        _networkWatch.Watch([.. interfaces.Select(static i => i.Name)], config.Netconsole);
        await _fleet.StartAsync(cancellationToken).ConfigureAwait(false);
        _tftp.Start();
        _dhcp?.Start();
        _beacon.Start(config.BeaconPort);
        _panelHost.IsServing = true;
        _panel.Changed();
        _networks.Write();
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (Fault fault in _state.BoxFaults)
        {
            LogBoxFault(fault.Code, fault.Seen, fault.Fix);
        }

        (BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) = _state.Current;
        LogServing(string.Join(", ", interfaces.Select(i => $"{i.Name} ({i.Address})")), config.DhcpMode.ToString().ToLowerInvariant());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogStopping();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 5201, Level = LogLevel.Information, Message = "Serving on {Interfaces}, DHCP mode {Mode}.")]
    private partial void LogServing(string interfaces, string mode);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Information, Message = "Stopping.")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 5209, Level = LogLevel.Error, Message = "{Code}: {Seen} Fix: {Fix}")]
    private partial void LogBoxFault(string code, string seen, string fix);
}
