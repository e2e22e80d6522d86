using System.Net.Sockets;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Ports;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Linux.Systemd;
using Bramble.Logging;
using Bramble.Tftp;
using Bramble.Tftp.Content;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>
/// The running server: puts the rooms together, keeps systemd informed, and takes new configuration while it runs.
/// </summary>
internal sealed partial class ServeHost : IDisposable
{
    private static readonly TimeSpan s_statusInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_rootPollInterval = TimeSpan.FromMilliseconds(250);

    private readonly string _configPath;
    private readonly LineLoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly SystemdNotifier _notifier = SystemdNotifier.FromEnvironment();
    private readonly BusLinkage _bus;
    private readonly FleetService _fleet;
    private readonly DhcpServer? _dhcp;
    private readonly TftpServer _tftp;
    private readonly BeaconListener _beacon;
    private readonly Watchdog _watchdog;
    private readonly ServeFleetApi _api;
    private readonly Timer _statusTimer;
    private readonly Timer _rootPollTimer;
    private BrambleConfig _config;
    private string _lastStatus = "";

    /// <summary>Puts everything together; nothing listens yet.</summary>
    public ServeHost(string configPath, BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces, LineLoggerFactory loggers)
    {
        (_configPath, _config, _loggers) = (configPath, config, loggers);
        _logger = loggers.CreateLogger("serve");
        TimeProvider time = TimeProvider.System;
        _bus = new BusLinkage(loggers.CreateLogger("bus"));
        _fleet = new FleetService(
            ServeSettings.Fleet(config, interfaces), _bus.Storage, new BootFolderReader(new DiskContentCache()),
            new LinuxNeighbours(), new LinuxRootConnections(), time, loggers.CreateLogger("fleet"));
        _tftp = new TftpServer(ServeSettings.Tftp(config, interfaces), _fleet, _fleet, time, loggers.CreateLogger("tftp"));
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            _dhcp = new DhcpServer(ServeSettings.Dhcp(config, interfaces), _fleet, _fleet, time, loggers.CreateLogger("dhcp"));
        }

        _beacon = new BeaconListener((address, datagram) => _fleet.OnBeacon(address, datagram.Span), loggers.CreateLogger("beacon"));
        LoopHeartbeatList beats = _dhcp is null ? [_tftp.Heartbeat] : [_dhcp.Heartbeat, _tftp.Heartbeat];
        _watchdog = new Watchdog(_notifier, beats, time, loggers.CreateLogger("watchdog"));
        _api = new ServeFleetApi(_fleet, Reload);
        _statusTimer = new Timer(_ => PublishStatus());
        _rootPollTimer = new Timer(_ => _fleet.PollRootConnections());
    }
}
