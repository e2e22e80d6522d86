using Bramble.Appliance;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Watch;
using Bramble.Hosting;
using Bramble.Linux.DBus;
using Bramble.Linux.Sockets;
using Bramble.Panel;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>
/// The services of <c>bramble serve</c>. The container disposes of each part before the parts that it uses: the packet loops before the
/// fleet, the fleet before the bus.
/// </summary>
internal static class ServeServices
{
    // Enough for the small files of many boards and the blocks that are on their way; the kernel's page cache holds the rest.
    private const long CachedBytes = 4 << 20;

    /// <summary>Makes the host, or returns what is wrong with the configuration; nothing listens yet.</summary>
    public static (IHost? Host, ConfigError? Error) Build(ServiceSettings settings)
    {
        BrambleConfig config = settings.Config;
        (IReadOnlyList<DhcpInterfaceOptions>? interfaces, ConfigError? error) =
            InterfaceChoice.Choose(settings.ConfigPath, config, InterfaceInfo.GetAll());
        if (interfaces is null)
        {
            return (null, error);
        }

        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        ServiceHost.AddTo(builder, settings);
        IServiceCollection services = builder.Services;
        services.AddSingleton(new ServeState(config, interfaces, BoxFaults.Read()));
        AddEngines(services, config, interfaces);
        services.AddSingleton<ServedNetworksWriter>();
        AddPanel(services, config);
        AddBus(services, config);
        services.AddSingleton<IReloadable, ServeReload>();

        // In the order of their start; they stop in the opposite order.
        services.AddHostedService<ServeService>();
        services.AddHostedService<ServeBusService>();
        services.AddHostedService<WatchdogService>();
        services.AddHostedService<StatusService>();
        return (builder.Build(), null);
    }

    private static void AddEngines(IServiceCollection services, BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces)
    {
        services.AddSingleton(static _ => BusLink.ToSystemBus());
        services.AddSingleton<StorageBusProxy>();
        services.AddSingleton(static _ => new DiskContentCache(CachedBytes) { RefusesEmptyFiles = true });
        services.AddSingleton(static s => new LinuxNetworkWatch(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static s =>
        {
            StorageBusProxy storage = s.GetRequiredService<StorageBusProxy>();
            return new FleetService(
                s.GetRequiredService<ServeState>().FleetOptions, storage, new BootFolderReader(s.GetRequiredService<DiskContentCache>()),
                new LinuxNeighbours(), s.GetRequiredService<TimeProvider>(), Logger(s, "fleet"), changes: storage)
            {
                NetworkWatch = s.GetRequiredService<LinuxNetworkWatch>(),
            };
        });
        services.AddSingleton(s =>
        {
            FleetService fleet = s.GetRequiredService<FleetService>();
            return new TftpServer(
                ServeSettings.Tftp(config, interfaces), fleet, fleet, s.GetRequiredService<TimeProvider>(), Logger(s, "tftp"));
        });
        services.AddSingleton(static s => new OtherDhcpServer(s.GetRequiredService<FleetService>()));
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            services.AddSingleton(s => new DhcpServer(
                ServeSettings.Dhcp(config, interfaces), s.GetRequiredService<FleetService>(), s.GetRequiredService<OtherDhcpServer>(),
                s.GetRequiredService<TimeProvider>(), Logger(s, "dhcp")));
        }

        services.AddSingleton(static s =>
        {
            FleetService fleet = s.GetRequiredService<FleetService>();
            return new BeaconListener((address, datagram) => fleet.OnBeacon(address, datagram.Span), Logger(s, "beacon"));
        });
    }

    private static void AddPanel(IServiceCollection services, BrambleConfig config)
    {
        services.AddSingleton<ServePanelHost>();
        services.AddSingleton(s => new PanelService(s.GetRequiredService<ServePanelHost>(), config.Panel, Logger(s, "panel")));
    }

    private static void AddBus(IServiceCollection services, BrambleConfig config)
    {
        services.AddSingleton<ImportWatch>();
        services.AddSingleton<IFleetApi>(s => new ServeFleetApi(
            s.GetRequiredService<FleetService>(), s.GetService<DhcpServer>(), s.GetRequiredService<ImportWatch>(),
            s.GetRequiredService<ReloadService>().Request, config.DataFolder));
        services.AddSingleton(static s =>
            new FleetBusObject(s.GetRequiredService<IFleetApi>(), BusCallers.RootAndBramble, Logger(s, "bus")));
        services.AddSingleton(static s => new PanelBusObject(s.GetRequiredService<PanelService>(), BusCallers.RootAndBramble));
    }

    private static ILogger Logger(IServiceProvider services, string category) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
}
