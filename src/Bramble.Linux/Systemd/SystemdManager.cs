using Bramble.Linux.DBus;

namespace Bramble.Linux.Systemd;

/// <summary>systemd over D-Bus: jobs are awaited to their end, failures come with what the unit says (org.freedesktop.systemd1(5)).</summary>
public sealed class SystemdManager : IAsyncDisposable
{
    /// <summary>Bus name of systemd.</summary>
    public const string Name = "org.freedesktop.systemd1";

    private const string Path = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";
    private const string UnitInterface = "org.freedesktop.systemd1.Unit";
    private const string ServiceInterface = "org.freedesktop.systemd1.Service";

    private readonly IBusConnection _bus;
    private readonly JobBook _jobs = new();
    private IAsyncDisposable? _subscription;

    private SystemdManager(IBusConnection bus) => _bus = bus;

    /// <summary>Gets ready to hear of the ends of jobs.</summary>
    /// <param name="bus">Connection to the system bus; must stay open, since systemd sends its signals to those that listen.</param>
    /// <exception cref="BusException">There is no systemd behind this bus.</exception>
    public static async Task<SystemdManager> ConnectAsync(IBusConnection bus)
    {
        var manager = new SystemdManager(bus);
        manager._subscription = await bus.SubscribeAsync(
            new SignalMatch { Sender = Name, Path = Path, Interface = Manager, Member = "JobRemoved" },
            manager.OnJobRemoved).ConfigureAwait(false);
        try
        {
            await bus.CallAsync(Name, Path, Manager, "Subscribe", "", []).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Name == "org.freedesktop.systemd1.AlreadySubscribed")
        {
            // Somebody else on this connection has: as good.
        }
        return manager;
    }

    /// <summary>Reloads a unit if it runs and can, restarts it if it runs and cannot, starts it otherwise; waits for the end.</summary>
    /// <param name="unit">Unit name.</param>
    /// <param name="cancellation">Gives up waiting; the job goes on.</param>
    public Task<UnitJobOutcome> ReloadOrRestartUnitAsync(string unit, CancellationToken cancellation) => RunJobAsync("ReloadOrRestartUnit", unit, cancellation);

    /// <summary>Starts a unit and waits for the end.</summary>
    /// <param name="unit">Unit name.</param>
    /// <param name="cancellation">Gives up waiting; the job goes on.</param>
    public Task<UnitJobOutcome> StartUnitAsync(string unit, CancellationToken cancellation) => RunJobAsync("StartUnit", unit, cancellation);

    /// <summary>Stops a unit and waits for the end.</summary>
    /// <param name="unit">Unit name.</param>
    /// <param name="cancellation">Gives up waiting; the job goes on.</param>
    public Task<UnitJobOutcome> StopUnitAsync(string unit, CancellationToken cancellation) => RunJobAsync("StopUnit", unit, cancellation);

    /// <summary>A unit's present state.</summary>
    /// <param name="unit">Unit name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<UnitState> GetUnitStateAsync(string unit, CancellationToken cancellation) =>
        await ReadStateAsync(unit, await LoadUnitAsync(unit, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    /// <summary>Follows a unit: tells its state now and after every change.</summary>
    /// <param name="unit">Unit name.</param>
    /// <param name="handler">Called one state after the other, never two at once; a state that was over before it could be read is not told.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <returns>Dispose it to stop.</returns>
    public async Task<IAsyncDisposable> WatchUnitAsync(string unit, Action<UnitState> handler, CancellationToken cancellation)
    {
        string path = await LoadUnitAsync(unit, cancellation).ConfigureAwait(false);
        var watch = new UnitWatch(() => ReadStateAsync(unit, path, CancellationToken.None), handler);
        IAsyncDisposable subscription = await _bus.SubscribeAsync(
            new SignalMatch { Sender = Name, Path = path, Interface = "org.freedesktop.DBus.Properties", Member = "PropertiesChanged", Argument0 = UnitInterface },
            _ => watch.Look()).ConfigureAwait(false);
        watch.Start(subscription);
        return watch;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<UnitJobOutcome> RunJobAsync(string method, string unit, CancellationToken cancellation)
    {
        _jobs.Expect();
        try
        {
            BusMessage reply;
            try
            {
                reply = await _bus.CallAsync(Name, Path, Manager, method, "ss", [unit, "replace"], timeout: null, cancellation).ConfigureAwait(false);
            }
            catch (BusException e) when (e.Name == "org.freedesktop.systemd1.NoSuchUnit")
            {
                return new UnitJobOutcome(unit, "failed", new UnitState { Unit = unit, LoadState = "not-found" });
            }
            Task<string> end = _jobs.EndOf(reply.Get<string>(0));
            // How long a job may take is set in the unit; a connection that goes away ends the waiting too.
            await Task.WhenAny(end, _bus.Closed).WaitAsync(cancellation).ConfigureAwait(false);
            if (!end.IsCompleted)
            {
                throw new BusException(BusErrors.Disconnected, $"the connection to the bus was lost while {unit} was being worked on");
            }
            string result = await end.ConfigureAwait(false);
            return new UnitJobOutcome(unit, result, result == "done" ? null : await TryReadStateAsync(unit, cancellation).ConfigureAwait(false));
        }
        finally
        {
            _jobs.Forget();
        }
    }

    private void OnJobRemoved(BusMessage signal) => _jobs.Removed(signal.Get<string>(1), signal.Get<string>(3));

    /// <summary>Object path of a unit, loading its file if need be; also for one that does not exist, whose load state then says so.</summary>
    private async Task<string> LoadUnitAsync(string unit, CancellationToken cancellation)
    {
        BusMessage reply = await _bus.CallAsync(Name, Path, Manager, "LoadUnit", "s", [unit], timeout: null, cancellation).ConfigureAwait(false);
        return reply.Get<string>(0);
    }

    private async Task<UnitState?> TryReadStateAsync(string unit, CancellationToken cancellation)
    {
        try
        {
            return await GetUnitStateAsync(unit, cancellation).ConfigureAwait(false);
        }
        catch (BusException)
        {
            return null;
        }
    }

    private async Task<UnitState> ReadStateAsync(string unit, string path, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, object> general = await _bus.GetAllPropertiesAsync(Name, path, UnitInterface, cancellation).ConfigureAwait(false);
        IReadOnlyDictionary<string, object> service = unit.EndsWith(".service", StringComparison.Ordinal)
            ? await _bus.GetAllPropertiesAsync(Name, path, ServiceInterface, cancellation).ConfigureAwait(false)
            : new Dictionary<string, object>(StringComparer.Ordinal);
        return new UnitState
        {
            Unit = unit,
            LoadState = Text(general, "LoadState"),
            ActiveState = Text(general, "ActiveState"),
            SubState = Text(general, "SubState"),
            Result = Text(service, "Result"),
            StatusText = Text(service, "StatusText"),
            StatusErrno = Number(service, "StatusErrno"),
            ExecMainCode = Number(service, "ExecMainCode"),
            ExecMainStatus = Number(service, "ExecMainStatus"),
        };
    }

    private static string Text(IReadOnlyDictionary<string, object> properties, string name) => properties.GetValueOrDefault(name) as string ?? "";

    private static int Number(IReadOnlyDictionary<string, object> properties, string name) => properties.GetValueOrDefault(name) is int value ? value : 0;
}
