using Bramble.Linux.DBus;

namespace Bramble.Bus;

/// <summary>The running boot server, for the command line. Every method throws <see cref="BusException"/>: <see cref="FleetBusNames.Error"/> carries a message for a person, <see cref="BusErrors.ServiceUnknown"/> means that the server does not run.</summary>
/// <param name="bus">Connection to the system bus.</param>
public sealed class FleetBusProxy(IBusConnection bus)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(30);

    /// <summary>The whole fleet as JSON.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> GetStatusAsync(CancellationToken cancellation) =>
        (await CallAsync("GetStatus", "", [], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>The fleet as JSON, of a large one only the clients that are under way, stand still or have a fault.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> GetOverviewAsync(CancellationToken cancellation) =>
        (await CallAsync("GetOverview", "", [], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>The files of the last boot of a client or board, as JSON.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> GetBootFilesAsync(string name, CancellationToken cancellation) =>
        (await CallAsync("GetBootFiles", "s", [name], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>What the bootloader of a client or board logged at its last boot, as JSON.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> GetBootLogAsync(string name, CancellationToken cancellation) =>
        (await CallAsync("GetBootLog", "s", [name], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Clients, boards without one, and images, by name alone, as JSON.</summary>
    /// <param name="timeout">How long is waited.</param>
    public async Task<string> GetNamesAsync(TimeSpan timeout) =>
        (await CallAsync("GetNames", "", [], timeout, CancellationToken.None).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Metrics in Prometheus' text format.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> GetMetricsAsync(CancellationToken cancellation) =>
        (await CallAsync("GetMetrics", "", [], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Lets a board that was seen boot.</summary>
    /// <param name="board">Its serial or MAC.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> ApproveAsync(string board, CancellationToken cancellation) =>
        (await CallAsync("Approve", "s", [board], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Adds a client; a copy of its image may take minutes.</summary>
    /// <param name="json">The request.</param>
    /// <param name="cancellation">Stops waiting; the work goes on.</param>
    public async Task<string> AddClientAsync(string json, CancellationToken cancellation) =>
        (await CallAsync("AddClient", "s", [json], s_longest, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Changes a client; change and client are JSON.</summary>
    public async Task<string> ChangeClientAsync(string json, CancellationToken cancellation) =>
        (await CallAsync("ChangeClient", "s", [json], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Forgets a board that has no client.</summary>
    /// <returns>False if it was never seen.</returns>
    public async Task<bool> ForgetBoardAsync(string board, CancellationToken cancellation) =>
        (await CallAsync("ForgetBoard", "s", [board], timeout: null, cancellation).ConfigureAwait(false)).Get<bool>(0);

    /// <summary>Has a client boot another image, once storage has made its root so.</summary>
    public Task SetImageAsync(string client, string image, CancellationToken cancellation) => CallAsync("SetImage", "ss", [client, image], timeout: null, cancellation);

    /// <summary>Has a client boot a root of another kind, once storage has made it so; an empty image stands for the one it has.</summary>
    public Task SetRootAsync(string client, string image, string root, CancellationToken cancellation) => CallAsync("SetRoot", "sss", [client, image, root], timeout: null, cancellation);

    /// <summary>Has a client that runs restart, within seconds.</summary>
    /// <returns>False if it cannot be reached.</returns>
    public async Task<bool> RestartAsync(string client, CancellationToken cancellation) =>
        (await CallAsync("Restart", "s", [client], timeout: null, cancellation).ConfigureAwait(false)).Get<bool>(0);

    /// <summary>Removes a client from the fleet; its root stays.</summary>
    /// <returns>False if there is no such client.</returns>
    public async Task<bool> RemoveClientAsync(string client, CancellationToken cancellation) =>
        (await CallAsync("RemoveClient", "s", [client], timeout: null, cancellation).ConfigureAwait(false)).Get<bool>(0);

    /// <summary>All clients and boards, as JSON.</summary>
    public async Task<string> ExportRegistryAsync(CancellationToken cancellation) =>
        (await CallAsync("ExportRegistry", "", [], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Takes in clients and boards of another server.</summary>
    /// <returns>Why clients were not added, a line each; empty if all were.</returns>
    public async Task<string> ImportRegistryAsync(string json, CancellationToken cancellation) =>
        (await CallAsync("ImportRegistry", "s", [json], s_longest, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Begins a rollout; order and rollout are JSON.</summary>
    public async Task<string> StartRolloutAsync(string json, CancellationToken cancellation) =>
        (await CallAsync("StartRollout", "s", [json], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>The rollout that runs, or the last one, as JSON; empty if there was none.</summary>
    public async Task<string> GetRolloutAsync(CancellationToken cancellation) =>
        (await CallAsync("GetRollout", "", [], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Stops the rollout that runs.</summary>
    /// <param name="back">Clients that were changed get back what they had.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<string> StopRolloutAsync(bool back, CancellationToken cancellation) =>
        (await CallAsync("StopRollout", "b", [back], timeout: null, cancellation).ConfigureAwait(false)).Get<string>(0);

    /// <summary>Has the configuration read again.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    public Task ReloadAsync(CancellationToken cancellation) => CallAsync("Reload", "", [], timeout: null, cancellation);

    /// <summary>Follows the boots.</summary>
    /// <param name="handler">Told about every event, as JSON, in order; must not block.</param>
    /// <returns>Dispose it to stop.</returns>
    public Task<IAsyncDisposable> WatchBootEventsAsync(Action<string> handler) => bus.SubscribeAsync(
        new SignalMatch { Sender = FleetBusNames.Name, Path = FleetBusNames.Path, Interface = FleetBusNames.Interface, Member = FleetBusNames.BootEventSignal },
        signal => handler(signal.Get<string>(0)));

    private Task<BusMessage> CallAsync(string method, string signature, object[] arguments, TimeSpan? timeout, CancellationToken cancellation) =>
        bus.CallAsync(FleetBusNames.Name, FleetBusNames.Path, FleetBusNames.Interface, method, signature, arguments, timeout, cancellation);
}
