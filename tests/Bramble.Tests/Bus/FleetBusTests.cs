using System.Threading.Channels;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Tests.Bus;

public sealed class FleetBusTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly PrivateBus _bus = new();
    private readonly FakeFleet _fleet = new();

    public void Dispose() => _bus.Dispose();

    [Fact]
    public async Task Status_clients_reload_and_events_go_over_the_bus()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        uint me = await client.GetUserIdAsync(client.UniqueName);
        await new FleetBusObject(_fleet, new BusCallers([me]), NullLogger.Instance).AttachAsync(service);
        var proxy = new FleetBusProxy(client);

        Assert.Equal("{\"clients\":[]}", await proxy.GetStatusAsync(CancellationToken.None));
        Assert.Equal("added {\"name\":\"pi-1\"}", await proxy.AddClientAsync("{\"name\":\"pi-1\"}", CancellationToken.None));
        await proxy.ReloadAsync(CancellationToken.None);
        Assert.Equal(1, _fleet.Reloads);
        var refused = await Assert.ThrowsAsync<BusException>(() => proxy.AddClientAsync("bad", CancellationToken.None));
        Assert.Equal((FleetBusNames.Error, "bad: no such image"), (refused.Name, refused.Message));

        Channel<string> events = Channel.CreateUnbounded<string>();
        await using IAsyncDisposable watch = await proxy.WatchBootEventsAsync(json => events.Writer.TryWrite(json));
        _fleet.Raise("{\"stage\":\"discover\"}");
        _fleet.Raise("{\"stage\":\"up\"}");
        using var patience = new CancellationTokenSource(s_patience);
        Assert.Equal("{\"stage\":\"discover\"}", await events.Reader.ReadAsync(patience.Token));
        Assert.Equal("{\"stage\":\"up\"}", await events.Reader.ReadAsync(patience.Token));
    }

    [Fact]
    public async Task Only_those_who_may_change_things_can()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await new FleetBusObject(_fleet, new BusCallers([12345]), NullLogger.Instance).AttachAsync(service);
        var proxy = new FleetBusProxy(client);
        Assert.Equal("{\"clients\":[]}", await proxy.GetStatusAsync(CancellationToken.None));
        var add = await Assert.ThrowsAsync<BusException>(() => proxy.AddClientAsync("{}", CancellationToken.None));
        Assert.Equal(BusErrors.AccessDenied, add.Name);
        var reload = await Assert.ThrowsAsync<BusException>(() => proxy.ReloadAsync(CancellationToken.None));
        Assert.Equal(BusErrors.AccessDenied, reload.Name);
        var rollout = await Assert.ThrowsAsync<BusException>(() => proxy.StartRolloutAsync("{}", CancellationToken.None));
        Assert.Equal(BusErrors.AccessDenied, rollout.Name);
        Assert.Equal(0, _fleet.Reloads);
    }

    [Fact]
    public async Task Images_rollouts_and_restarts_go_over_the_bus()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        uint me = await client.GetUserIdAsync(client.UniqueName);
        await new FleetBusObject(_fleet, new BusCallers([me]), NullLogger.Instance).AttachAsync(service);
        var proxy = new FleetBusProxy(client);
        await proxy.SetImageAsync("pi-1", "raspios@2", CancellationToken.None);
        await proxy.SetRootAsync("pi-1", "", "iscsi", CancellationToken.None);
        Assert.True(await proxy.RemoveClientAsync("pi-1", CancellationToken.None));
        Assert.False(await proxy.RemoveClientAsync("pi-2", CancellationToken.None));
        Assert.True(await proxy.RestartAsync("pi-1", CancellationToken.None));
        Assert.False(await proxy.RestartAsync("pi-2", CancellationToken.None));
        Assert.Equal("{\"name\":\"pi-1\"}", await proxy.ChangeClientAsync("{\"name\":\"pi-1\"}", CancellationToken.None));
        Assert.True(await proxy.ForgetBoardAsync("00000bad", CancellationToken.None));
        Assert.Equal(
            ["image pi-1 raspios@2", "root pi-1  iscsi", "remove pi-1", "remove pi-2", "restart pi-1", "restart pi-2", "change {\"name\":\"pi-1\"}", "forget 00000bad"], _fleet.Asked);
        Assert.Equal("{\"clients\":[]}", await proxy.GetOverviewAsync(CancellationToken.None));
        Assert.Equal("[\"log of pi-1\"]", await proxy.GetBootLogAsync("pi-1", CancellationToken.None));
        Assert.Contains("pi-1", await proxy.GetNamesAsync(s_patience), StringComparison.Ordinal);
        Assert.Equal("{registry}", await proxy.ExportRegistryAsync(CancellationToken.None));
        Assert.Equal("refused {}", await proxy.ImportRegistryAsync("{}", CancellationToken.None));
        Assert.Equal("started {}", await proxy.StartRolloutAsync("{}", CancellationToken.None));
        Assert.Equal("{}", await proxy.GetRolloutAsync(CancellationToken.None));
        Assert.Equal("stopped True", await proxy.StopRolloutAsync(back: true, CancellationToken.None));
    }

    [Fact]
    public async Task After_the_bus_was_lost_the_server_is_back_on_the_next()
    {
        PrivateBus bus = new();
        await using var link = new BusLink(() => (BusConnection.TryOpen(bus.Address, out string reason), reason));
        link.Attach(new FleetBusObject(_fleet, new BusCallers([0]), NullLogger.Instance).AttachAsync);
        IBusConnection first = await link.GetAsync();
        Assert.Equal(1, _fleet.Listeners);
        bus.Kill();
        await first.Closed.WaitAsync(s_patience);
        bus.Dispose();
        bus = new PrivateBus();
        await link.GetAsync();
        await using (IBusConnection client = bus.Connect())
        {
            Assert.Equal("{\"clients\":[]}", await new FleetBusProxy(client).GetStatusAsync(CancellationToken.None));
        }
        _fleet.Raise("{}");
        await link.DisposeAsync();
        bus.Dispose();
    }

    private sealed class FakeFleet : IFleetApi
    {
        public string GetMetrics() => "bramble_info 1\n";

        public string GetOverviewJson() => "{\"clients\":[]}";

        public string ChangeClient(string json)
        {
            Asked.Add($"change {json}");
            return json;
        }

        public bool ForgetBoard(string board)
        {
            Asked.Add($"forget {board}");
            return true;
        }

        public string Approve(string board) => board;

#pragma warning disable MA0046 // As in the interface.
        public event Action<string>? BootEvent;
#pragma warning restore MA0046

        public int Reloads { get; private set; }

        public int Listeners => BootEvent?.GetInvocationList().Length ?? 0;

        public string GetStatusJson() => "{\"clients\":[]}";

        public string GetBootFilesJson(string name) => $"[\"{name}\"]";

        public string GetNamesJson() => "{\"clients\":[\"pi-1\"],\"boards\":[],\"images\":[]}";

        public string GetBootLogJson(string name) => $"[\"log of {name}\"]";

        public Task<string> AddClientAsync(string json) => json == "bad" ? throw new InvalidOperationException("bad: no such image") : Task.FromResult("added " + json);

        public List<string> Asked { get; } = [];

        public void SetImage(string client, string image) => Asked.Add($"image {client} {image}");

        public void SetRoot(string client, string image, string root) => Asked.Add($"root {client} {image} {root}");

        public bool Restart(string client)
        {
            Asked.Add($"restart {client}");
            return client == "pi-1";
        }

        public bool RemoveClient(string client)
        {
            Asked.Add($"remove {client}");
            return client == "pi-1";
        }

        public string ExportRegistry() => "{registry}";

        public string ImportRegistry(string json) => $"refused {json}";

        public Task<string> StartRolloutAsync(string json) => Task.FromResult("started " + json);

        public string GetRolloutJson() => "{}";

        public string StopRollout(bool back) => $"stopped {back}";

        public void Reload() => Reloads++;

        public void Raise(string json) => BootEvent?.Invoke(json);
    }
}
