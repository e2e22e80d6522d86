using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Watch;
using Bramble.Hosting;
using Bramble.Linux.Sockets;
using Bramble.Panel;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Gives the parts of the boot server a new configuration while they run.</summary>
internal sealed partial class ServeReload(
    ServiceSettings settings, ServeState state, ServedNetworksWriter networks, FleetService fleet, LinuxNetworkWatch networkWatch,
    TftpServer tftp, PanelService panel, ILoggerFactory loggers, DhcpServer? dhcp = null) : IReloadable
{
    private readonly ILogger _logger = loggers.CreateLogger("serve");

    /// <inheritdoc/>
    public IReadOnlyList<string> Reload(BrambleConfig config)
    {
        try
        {
            (IReadOnlyList<DhcpInterfaceOptions>? interfaces, ConfigError? error) =
                InterfaceChoice.Choose(settings.ConfigPath, config, InterfaceInfo.GetAll());
            if (interfaces is null)
            {
                return [error!.ToString()];
            }

            Take(config, interfaces);
            return [];
        }
        catch (Exception e) when (e is DhcpServerException or UdpBindException or IOException)
        {
            return [e.Message];
        }
    }

    private void Take(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces)
    {
        // The one that checks the most goes first, so that a refusal leaves all as it was.
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            dhcp?.Reconfigure(ServeSettings.Dhcp(config, interfaces));
        }

        tftp.Reconfigure(ServeSettings.Tftp(config, interfaces));
        if (NeedsRestart(state.Current.Config, config))
        {
            LogNeedsRestart();
        }

        networkWatch.Watch([.. interfaces.Select(static i => i.Name)], config.Netconsole);
        state.Take(config, interfaces, dhcp?.CurrentMode, fleet.Reconfigure);
        networks.Write();
        panel.Configure(config.Panel);
    }

    private static bool NeedsRestart(BrambleConfig old, BrambleConfig now) =>
        old.StateFolder != now.StateFolder || old.BeaconPort != now.BeaconPort
        || (old.DhcpMode == DhcpServiceMode.Off) != (now.DhcpMode == DhcpServiceMode.Off);

    [LoggerMessage(
        EventId = 5207, Level = LogLevel.Warning,
        Message = "A changed state folder, beacon port, or switching DHCP off or on takes effect at the next start: "
            + "'systemctl restart bramble'.")]
    private partial void LogNeedsRestart();
}
