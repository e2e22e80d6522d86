namespace Bramble.Linux.DBus;

/// <summary>
/// One connection to a D-Bus message bus, safe from any thread. Values travel as the CLR types listed at <see cref="BusMessage"/>.
/// The library behind it is named in <see cref="BusConnection"/>, <see cref="BusObject"/> and <see cref="BusBody"/> only.
/// </summary>
public interface IBusConnection : IAsyncDisposable
{
    /// <summary>The unique name that the bus gave this connection, such as <c>:1.42</c>.</summary>
    string UniqueName { get; }

    /// <summary>Ends when the connection does: with null after <see cref="IAsyncDisposable.DisposeAsync"/>, otherwise with the reason. Never faults.</summary>
    Task<BusException?> Closed { get; }

    /// <summary>Number of calls that came in and were not answered yet.</summary>
    int UnansweredCalls { get; }

    /// <summary>Calls a method and waits for its reply.</summary>
    /// <param name="destination">Bus name of the callee.</param>
    /// <param name="path">Object path.</param>
    /// <param name="interfaceName">Interface.</param>
    /// <param name="method">Method.</param>
    /// <param name="signature">D-Bus signature of the arguments; empty for none.</param>
    /// <param name="arguments">One value for each complete type of the signature.</param>
    /// <param name="timeout">How long to wait; null for 25 s, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Stops waiting; the callee is not told.</param>
    /// <exception cref="BusException">The callee or the bus refused, the time ran out or the connection was lost.</exception>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    Task<BusMessage> CallAsync(
        string destination, string path, string interfaceName, string method, string signature, object[] arguments,
        TimeSpan? timeout = null, CancellationToken cancellation = default);

    /// <summary>Listens for signals. Ends when the bus has accepted the rule, so nothing sent later is missed.</summary>
    /// <param name="match">Which signals.</param>
    /// <param name="handler">Called in order of arrival by the connection's reader: must not block nor wait for this connection.</param>
    /// <returns>Dispose it to stop listening.</returns>
    Task<IAsyncDisposable> SubscribeAsync(SignalMatch match, Action<BusMessage> handler);

    /// <summary>Exports one interface of an object, introspectable. Several interfaces may share a path.</summary>
    /// <param name="path">Object path.</param>
    /// <param name="description">The interface with its handlers.</param>
    /// <returns>Dispose it to take the interface away.</returns>
    Task<IAsyncDisposable> ExportAsync(string path, BusInterface description);

    /// <summary>Sends a signal.</summary>
    /// <param name="path">Object path that it comes from.</param>
    /// <param name="interfaceName">Interface.</param>
    /// <param name="signal">Signal.</param>
    /// <param name="signature">D-Bus signature of the arguments.</param>
    /// <param name="arguments">The arguments.</param>
    Task EmitSignalAsync(string path, string interfaceName, string signal, string signature, params object[] arguments);
}
