using System.Net.Sockets;
using Tmds.DBus.Protocol;

namespace Bramble.Linux.DBus;

/// <summary>A connection to a message bus by Tmds.DBus.Protocol, which reads it on the thread pool.</summary>
public sealed class BusConnection : IBusConnection
{
    /// <summary>Where the system bus listens by default (D-Bus specification, "System message bus").</summary>
    public const string DefaultSystemAddress = "unix:path=/run/dbus/system_bus_socket";

    // The default of D-Bus libraries.
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(25);

    // A bus that hangs must not hold up the end of a program.
    private static readonly TimeSpan s_flushTimeout = TimeSpan.FromSeconds(5);

    private readonly DBusConnection _bus;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BusObject> _objects = new(StringComparer.Ordinal);
    private int _unansweredCalls;
    private int _isDisposed;

    private BusConnection(DBusConnection bus, string uniqueName)
    {
        _bus = bus;
        UniqueName = uniqueName;
        Closed = WaitForEndAsync(bus.DisconnectedAsync());
    }

    /// <inheritdoc/>
    public string UniqueName { get; }

    /// <inheritdoc/>
    public Task<BusException?> Closed { get; }

    /// <inheritdoc/>
    public int UnansweredCalls => Volatile.Read(ref _unansweredCalls);

    /// <summary>Connects to <c>DBUS_SYSTEM_BUS_ADDRESS</c> or the system bus. Blocks until the bus has accepted the connection.</summary>
    /// <param name="reason">Why there is no connection, for a person; empty on success.</param>
    /// <returns>The connection, or null.</returns>
    public static IBusConnection? TryOpenSystem(out string reason)
    {
        string? address = Environment.GetEnvironmentVariable("DBUS_SYSTEM_BUS_ADDRESS");
        return TryOpen(string.IsNullOrEmpty(address) ? DefaultSystemAddress : address, out reason);
    }

    /// <summary>Connects to a bus by its address. Blocks until the bus has accepted the connection.</summary>
    /// <param name="address">D-Bus server address, such as <c>unix:path=/run/dbus/system_bus_socket</c>.</param>
    /// <param name="reason">Why there is no connection, for a person; empty on success.</param>
    public static IBusConnection? TryOpen(string address, out string reason)
    {
        var bus = new DBusConnection(address);
        try
        {
            bus.ConnectAsync().AsTask().WaitAsync(s_defaultTimeout).GetAwaiter().GetResult();
            if (bus.UniqueName is { } name)
            {
                reason = "";
                return new BusConnection(bus, name);
            }
            reason = $"the bus at {address} refuses this process";
        }
        catch (Exception e) when (e is DBusConnectionException or ObjectDisposedException or TimeoutException)
        {
            // The base library reports a missing socket as an address that cannot be assigned.
            bool isMissing = e.InnerException is SocketException { SocketErrorCode: SocketError.AddressNotAvailable };
            reason = $"the bus at {address} does not answer: {(isMissing ? "No such file or directory" : e.Message)}";
        }
        bus.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public Task<BusMessage> CallAsync(
        string destination, string path, string interfaceName, string method, string signature, object[] arguments,
        TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            if (!BusNames.IsBusName(destination))
            {
                // The bus closes the connection of a sender of malformed names.
                throw new BusException(BusErrors.InvalidArgs, $"call of {interfaceName}.{method}: '{destination}' is not a bus name");
            }
            MessageWriter writer = _bus.GetMessageWriter();
            writer.WriteMethodCallHeader(destination, path, interfaceName, method, BusBody.HeaderOf(signature));
            MessageBuffer call = BusBody.Finish(ref writer, signature, arguments);
            Task<BusMessage> reply = _bus.CallMethodAsync(call, static (message, _) => BusBody.ReadMessage(message));
            return LeaveReaderAsync(reply.WaitAsync(timeout ?? s_defaultTimeout, cancellation));
        }
        catch (Exception e)
        {
            return Task.FromException<BusMessage>(e);
        }
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> SubscribeAsync(SignalMatch match, Action<BusMessage> handler)
    {
        var rule = new MatchRule
        {
            Type = MessageType.Signal,
            Sender = match.Sender,
            Path = match.Path,
            Interface = match.Interface,
            Member = match.Member,
            Arg0 = match.Argument0,
        };
        ValueTask<IDisposable> adding = _bus.AddMatchAsync(
            rule,
            static (message, _) => BusBody.TryReadMessage(message),
            notification => Deliver(notification, handler),
            emitOnCapturedContext: false);
        IDisposable observer = await LeaveReaderAsync(adding.AsTask()).ConfigureAwait(false);
        return new Registration(observer.Dispose);
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ExportAsync(string path, BusInterface description)
    {
        try
        {
            lock (_gate)
            {
                if (Closed.IsCompleted)
                {
                    throw Lost();
                }
                BusObject exported = _objects.GetValueOrDefault(path) ?? new BusObject(this, path);
                exported.Add(description);
                if (_objects.TryAdd(path, exported))
                {
                    _bus.AddMethodHandler(exported);
                }
            }
            return Task.FromResult<IAsyncDisposable>(new Registration(() => Withdraw(path, description)));
        }
        catch (Exception e)
        {
            return Task.FromException<IAsyncDisposable>(e is ObjectDisposedException ? Lost() : e);
        }
    }

    /// <inheritdoc/>
    public Task EmitSignalAsync(string path, string interfaceName, string signal, string signature, params object[] arguments)
    {
        try
        {
            MessageWriter writer = _bus.GetMessageWriter();
            writer.WriteSignalHeader(destination: null, path, interfaceName, signal, BusBody.HeaderOf(signature));
            bool isSent = _bus.TrySendMessage(BusBody.Finish(ref writer, signature, arguments));
            return isSent ? Task.CompletedTask : Task.FromException(Lost());
        }
        catch (Exception e)
        {
            return Task.FromException(e is ObjectDisposedException ? Lost() : e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            try
            {
                // The library drops what it has not sent yet. The reply to this call proves that the bus has read all before it.
                const string Bus = "org.freedesktop.DBus";
                await CallAsync(Bus, "/org/freedesktop/DBus", Bus, "GetId", "", [], s_flushTimeout).ConfigureAwait(false);
            }
            catch (BusException)
            {
                // The bus is gone: nobody reads the rest.
            }
            _bus.Dispose();
        }
        await Closed.ConfigureAwait(false);
    }

    /// <summary>Counts a call that was handed to its handler.</summary>
    internal void CallStarted() => Interlocked.Increment(ref _unansweredCalls);

    /// <summary>Counts a call that was answered.</summary>
    internal void CallEnded() => Interlocked.Decrement(ref _unansweredCalls);

    private static async Task<BusException?> WaitForEndAsync(Task<Exception?> disconnected)
    {
        Exception? why = await disconnected.ConfigureAwait(false);
        return why is null ? null : new BusException(BusErrors.Disconnected, "the connection to the bus is lost: " + why.Message);
    }

    /// <summary>
    /// The library completes its tasks on the thread that reads the bus, inside the reading loop. The caller continues on another thread,
    /// so that it cannot hold up that loop, and gets the exceptions that <see cref="IBusConnection"/> promises.
    /// </summary>
    private static async Task<T> LeaveReaderAsync<T>(Task<T> work)
    {
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Yield();
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BusException(BusErrors.NoReply, "Method call timed out");
        }
        catch (DBusErrorReplyException e)
        {
            throw new BusException(e.ErrorName, e.ErrorMessage);
        }
        catch (Exception e) when (e is DBusConnectionException or ObjectDisposedException)
        {
            throw new BusException(BusErrors.Disconnected, "the connection to the bus was lost before the reply came");
        }
        catch (DBusMessageException e)
        {
            throw new BusException(BusErrors.InvalidArgs, e.Message);
        }
    }

    private static void Deliver(Notification<BusMessage?> notification, Action<BusMessage> handler)
    {
        if (!notification.HasValue || notification.Value is not { } signal)
        {
            return;
        }
        try
        {
            handler(signal);
        }
        catch (Exception)
        {
            // The library would close the connection. A listener that fails harms itself only.
        }
    }

    private BusException Lost() => (Closed.IsCompletedSuccessfully ? Closed.Result : null)
        ?? new BusException(BusErrors.Disconnected, "this connection to the bus was closed");

    private void Withdraw(string path, BusInterface description)
    {
        lock (_gate)
        {
            if (_objects.TryGetValue(path, out BusObject? exported) && exported.Remove(description) && exported.IsEmpty)
            {
                _objects.Remove(path);
                try
                {
                    _bus.RemoveMethodHandler(path);
                }
                catch (ObjectDisposedException)
                {
                    // It ended with the connection.
                }
            }
        }
    }

    private sealed class Registration(Action end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            end();
            return ValueTask.CompletedTask;
        }
    }
}
