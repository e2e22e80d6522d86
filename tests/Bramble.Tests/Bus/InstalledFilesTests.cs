using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;
using Bramble.Linux.Tests.Systemd;
using Bramble.Panel;
using Bramble.Tests.Panel;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Tests.Bus;

/// <summary>Policy and service file as they are installed, on a private bus with the rules of the system bus.</summary>
public sealed class InstalledFilesTests
{
    /// <summary>The part of dbus-daemon's own system.conf that matters: names and calls are forbidden unless allowed.</summary>
    private const string SystemBusRules = """
        <policy context="default">
          <allow user="*"/>
          <deny own="*"/>
          <deny send_type="method_call"/>
          <allow send_type="signal"/>
          <allow send_requested_reply="true" send_type="method_return"/>
          <allow send_requested_reply="true" send_type="error"/>
          <allow receive_type="method_call"/>
          <allow receive_type="method_return"/>
          <allow receive_type="error"/>
          <allow receive_type="signal"/>
          <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
          <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
          <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
        </policy>
        """;

    private static string Installed(string path) => Path.Combine(AppContext.BaseDirectory, "overlays", "rootfs", path);

    /// <summary>On the machine of the test, the user <c>nobody</c> plays the boot server's user, and the group <c>games</c> its group.</summary>
    private static string Policy(string more = "")
    {
        string[] lines = File.ReadAllLines(Installed("usr/share/dbus-1/system.d/org.bramble.conf"));
        string policy = string.Join('\n', lines.Where(line => !line.Contains("DOCTYPE") && !line.Contains("busconfig.dtd") && !line.Contains("busconfig>")));
        return SystemBusRules + policy.Replace("user=\"bramble\"", "user=\"nobody\"").Replace("group=\"bramble\"", "group=\"games\"") + more;
    }

    [Theory]
    [Trait("kind", "integration")]
    [InlineData("nobody", "nogroup", "org.bramble.Bramble1", true)]
    [InlineData("nobody", "nogroup", "org.bramble.Storage1", false)]
    [InlineData("daemon", "games", "org.bramble.Bramble1", false)]
    [InlineData("daemon", "games", "org.bramble.Storage1", false)]
    [InlineData("daemon", "nogroup", "org.bramble.Bramble1", false)]
    public async Task Names_belong_to_their_users(string user, string group, string name, bool allowed)
    {
        using var bus = new PrivateBus(Policy());
        (int exit, string output) = await bus.BusctlAsync((user, group), "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "su", name, "4");
        Assert.True(exit == 0 == allowed, output);
        Assert.Contains(allowed ? "u 1" : "denied", output);
    }

    [Theory]
    [Trait("kind", "integration")]
    [InlineData("nobody", "nogroup", true, true, false)]
    [InlineData("daemon", "games", false, true, false)]
    [InlineData("daemon", "nogroup", false, false, false)]
    [InlineData(null, null, true, true, true)]
    public async Task Calls_pass_for_those_who_may(string? user, string? group, bool storage, bool status, bool change)
    {
        // Only the boot server's own user may take its name: root is let here, so that the test need not change its user.
        using var bus = new PrivateBus(Policy("<policy user=\"root\"><allow own=\"org.bramble.Bramble1\"/></policy>"));
        await using IBusConnection service = bus.Connect();
        await new StorageBusObject(new FakeStorage(), new FakeStorage(), new FakeSnapshots(), new FakeStorage(), new FakeStorage(), new BusCallers([0, 65534]), TimeProvider.System, NullLogger.Instance).AttachAsync(service);
        await new FleetBusObject(new QuietFleet(), new BusCallers([0]), NullLogger.Instance).AttachAsync(service);
        using var panel = new PanelService(new QuietPanel(), new PanelConfig(), NullLogger.Instance);
        await new PanelBusObject(panel, new BusCallers([0])).AttachAsync(service);
        (string, string)? who = user is null ? null : (user, group!);

        Assert.Equal(storage, await Passes(StorageBusNames.Name, StorageBusNames.Path, StorageBusNames.Name, "ListImages"));
        Assert.Equal(status, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, "GetStatus"));
        Assert.Equal(status, await Passes(FleetBusNames.Name, FleetBusNames.Path, "org.freedesktop.DBus.Introspectable", "Introspect"));
        foreach (string read in (string[])["GetOverview", "GetMetrics", "GetRollout", "GetNames"])
        {
            Assert.Equal(status, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, read));
        }

        Assert.Equal(status, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, "GetBootFiles", "s", "kiosk"));
        Assert.Equal(status, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, "GetBootLog", "s", "kiosk"));
        Assert.Equal(change, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, "SetRoot", "sss", "kiosk", "", "nfs"));
        Assert.Equal(change, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, "Reload"));
        foreach (string word in (string[])["Approve", "AddClient", "ChangeClient", "ForgetBoard", "RemoveClient", "StartRollout"])
        {
            Assert.Equal(change, await Passes(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, word, "s", "00000bad"));
        }

        Assert.Equal(status, await Passes(PanelBusNames.Name, PanelBusNames.Path, PanelBusNames.Interface, "Look"));
        Assert.Equal(change, await Passes(PanelBusNames.Name, PanelBusNames.Path, PanelBusNames.Interface, "Button", "b", "true"));

        async Task<bool> Passes(string name, string path, string interfaceName, string method, params string[] arguments)
        {
            (int exit, string output) = await bus.BusctlAsync(who, ["call", name, path, interfaceName, method, .. arguments]);
            Assert.True(exit == 0 || output.Contains("denied", StringComparison.OrdinalIgnoreCase) || output.Contains("not for the user"), output);
            return exit == 0;
        }
    }

    [Fact]
    [Trait("kind", "integration")]
    public async Task A_call_starts_the_storage_service_through_systemd_and_again_after_it_went_idle()
    {
        using var bus = new PrivateBus(
            Policy("<policy user=\"root\"><allow own=\"org.freedesktop.systemd1\"/></policy>"),
            Path.GetDirectoryName(Installed("usr/share/dbus-1/system-services/org.bramble.Storage1.service")));
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(bus.Connect());
        var storage = new FakeStorage();
        int starts = 0;
        systemd.ActivationRequested = unit =>
        {
            Assert.Equal("bramble-storaged.service", unit);
            Interlocked.Increment(ref starts);
            _ = Task.Run(async () =>
            {
                await using IBusConnection connection = bus.Connect();
                var service = new StorageBusObject(storage, storage, new FakeSnapshots(), storage, storage, new BusCallers([0]), TimeProvider.System, NullLogger.Instance);
                await service.AttachAsync(connection);
                await service.RunUntilIdleAsync(connection, TimeSpan.FromMilliseconds(200), () => { }, CancellationToken.None);
            });
        };
        await using BusLink link = bus.Link();
        IStorage proxy = new StorageBusProxy(link);
        Assert.Equal(2, (await proxy.ListImagesAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20))).Count);
        Assert.Equal(1, starts);

        IBusConnection client = await link.GetAsync();
        var gone = new TaskCompletionSource();
        await using IAsyncDisposable watch = await client.WatchNameLostAsync(StorageBusNames.Name, () => gone.TrySetResult());
        if (await client.HasOwnerAsync(StorageBusNames.Name))
        {
            await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        await proxy.PublishRootAsync("pi-1", "10.0.0.2", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, starts);
        Assert.Equal(["publish pi-1 10.0.0.2"], storage.Asked);
    }

    [Fact]
    public void The_service_file_names_the_unit_that_is_installed_and_its_bus_name()
    {
        string service = File.ReadAllText(Installed("usr/share/dbus-1/system-services/org.bramble.Storage1.service"));
        Assert.Contains($"Name={StorageBusNames.Name}\n", service);
        Assert.Contains("SystemdService=bramble-storaged.service\n", service);
        Assert.Contains($"BusName={StorageBusNames.Name}\n", File.ReadAllText(Installed("usr/lib/systemd/system/bramble-storaged.service")));
    }

    private sealed class QuietFleet : IFleetApi
    {
        public string GetMetrics() => "";

        public string GetOverviewJson() => "{}";

        public string ChangeClient(string json) => json;

        public bool ForgetBoard(string board) => true;

        public string Approve(string board) => board;

#pragma warning disable MA0046, CS0067 // As in the interface; nobody raises it here.
        public event Action<string>? BootEvent;
#pragma warning restore MA0046, CS0067

        public string GetBootFilesJson(string name) => "[]";

        public string GetNamesJson() => "{}";

        public string GetBootLogJson(string name) => "[]";

        public string GetStatusJson() => "{}";

        public Task<string> AddClientAsync(string json) => Task.FromResult(json);

        public void SetImage(string client, string image)
        {
        }

        public void SetRoot(string client, string image, string root)
        {
        }

        public bool Restart(string client) => true;

        public bool RemoveClient(string client) => true;

        public string ExportRegistry() => "{}";

        public string ImportRegistry(string json) => "";

        public Task<string> StartRolloutAsync(string json) => Task.FromResult(json);

        public string GetRolloutJson() => "";

        public string StopRollout(bool back) => "{}";

        public void Reload()
        {
        }
    }
}
