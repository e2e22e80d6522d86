namespace Bramble.Linux.DBus;

/// <summary>
/// Keeps a program on the bus: opens a connection when it is first needed and a new one after the last was lost, and
/// sets up each of them (exports, names, subscriptions) by the functions that were attached.
/// </summary>
/// <param name="open">Opens a connection, or returns null with the reason; <see cref="BusConnection.TryOpenSystem"/> wrapped.</param>
public sealed class BusLink(Func<(IBusConnection? Bus, string Reason)> open) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<Func<IBusConnection, Task>> _attached = [];
    private IBusConnection? _current;

    /// <summary>A link to the system bus.</summary>
    public static BusLink ToSystemBus() => new(() => (BusConnection.TryOpenSystem(out string reason), reason));

    /// <summary>Adds a function that sets up every new connection. Call before the first <see cref="GetAsync"/>.</summary>
    public void Attach(Func<IBusConnection, Task> setUp) => _attached.Add(setUp);

    /// <summary>The connection; a new one if there was none or it was lost.</summary>
    /// <exception cref="BusException"><see cref="BusErrors.NoServer"/>: there is no bus, the message says why.</exception>
    public async ValueTask<IBusConnection> GetAsync(CancellationToken cancellation = default)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_current is { Closed.IsCompleted: false })
            {
                return _current;
            }
            (IBusConnection? bus, string reason) = open();
            if (bus is null)
            {
                throw new BusException(BusErrors.NoServer, reason);
            }
            try
            {
                foreach (Func<IBusConnection, Task> setUp in _attached)
                {
                    await setUp(bus).ConfigureAwait(false);
                }
            }
            catch
            {
                await bus.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            _current = bus;
            return bus;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Keeps a connection up until cancelled; for a program that serves objects. Waits longer after every failure, from 1 to 30 s.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="lost">Told why, each time that there is no connection.</param>
    /// <param name="cancellation">Ends it; the task then ends without an exception.</param>
    public async Task KeepUpAsync(TimeProvider time, Action<BusException> lost, CancellationToken cancellation)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                IBusConnection bus = await GetAsync(cancellation).ConfigureAwait(false);
                pause = TimeSpan.FromSeconds(1);
                BusException? why = await bus.Closed.WaitAsync(cancellation).ConfigureAwait(false);
                if (why is null)
                {
                    return;
                }
                lost(why);
            }
            catch (BusException e)
            {
                lost(e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromSeconds(Math.Min(30, pause.TotalSeconds * 2));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_current is not null)
        {
            await _current.DisposeAsync().ConfigureAwait(false);
        }
        _gate.Dispose();
    }
}
