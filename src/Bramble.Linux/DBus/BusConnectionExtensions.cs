namespace Bramble.Linux.DBus;

/// <summary>What the bus itself offers (D-Bus specification, "Message Bus Messages"), and shorter forms of common calls.</summary>
public static class BusConnectionExtensions
{
    private const string Bus = "org.freedesktop.DBus";
    private const string BusPath = "/org/freedesktop/DBus";
    private const uint DoNotQueue = 4;
    private const uint PrimaryOwner = 1;
    private const uint AlreadyOwner = 4;

    /// <summary>Takes a well-known name. Export the objects first: calls may arrive at once.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="BusException">Somebody else owns it, or the policy forbids it.</exception>
    public static async Task RequestNameAsync(this IBusConnection bus, string name)
    {
        BusMessage reply = await bus.CallAsync(Bus, BusPath, Bus, "RequestName", "su", [name, DoNotQueue]).ConfigureAwait(false);
        if (reply.Get<uint>(0) is not (PrimaryOwner or AlreadyOwner))
        {
            throw new BusException(BusErrors.NameTaken, $"The bus name {name} belongs to another process: is this program running twice?");
        }
    }

    /// <summary>Gives a well-known name back. When it ends, every call that was sent to the name before has been handed to its handler.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="name">The name.</param>
    public static async Task ReleaseNameAsync(this IBusConnection bus, string name)
    {
        await bus.CallAsync(Bus, BusPath, Bus, "ReleaseName", "s", [name]).ConfigureAwait(false);
    }

    /// <summary>User id of the process behind a bus name.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="name">Unique or well-known name.</param>
    public static async Task<uint> GetUserIdAsync(this IBusConnection bus, string name)
    {
        BusMessage reply = await bus.CallAsync(Bus, BusPath, Bus, "GetConnectionUnixUser", "s", [name]).ConfigureAwait(false);
        return reply.Get<uint>(0);
    }

    /// <summary>True while somebody owns the name.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="name">Unique or well-known name.</param>
    public static async Task<bool> HasOwnerAsync(this IBusConnection bus, string name)
    {
        BusMessage reply = await bus.CallAsync(Bus, BusPath, Bus, "NameHasOwner", "s", [name]).ConfigureAwait(false);
        return reply.Get<bool>(0);
    }

    /// <summary>Tells when a name is no longer owned by anybody: a caller that went away, a service that stopped.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="name">Unique or well-known name.</param>
    /// <param name="handler">Called by the connection's reader: must not block.</param>
    public static Task<IAsyncDisposable> WatchNameLostAsync(this IBusConnection bus, string name, Action handler)
    {
        return bus.SubscribeAsync(
            new SignalMatch { Sender = Bus, Path = BusPath, Interface = Bus, Member = "NameOwnerChanged", Argument0 = name },
            signal =>
            {
                if (signal.Get<string>(2).Length == 0)
                {
                    handler();
                }
            });
    }

    /// <summary>All properties of one interface of an object.</summary>
    /// <param name="bus">The connection.</param>
    /// <param name="destination">Bus name.</param>
    /// <param name="path">Object path.</param>
    /// <param name="interfaceName">The interface that the properties belong to.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<IReadOnlyDictionary<string, object>> GetAllPropertiesAsync(this IBusConnection bus, string destination, string path, string interfaceName, CancellationToken cancellation = default)
    {
        BusMessage reply = await bus.CallAsync(destination, path, "org.freedesktop.DBus.Properties", "GetAll", "s", [interfaceName], timeout: null, cancellation).ConfigureAwait(false);
        var raw = reply.Get<Dictionary<string, object>>(0);
        var values = new Dictionary<string, object>(raw.Count, StringComparer.Ordinal);
        foreach ((string name, object value) in raw)
        {
            values[name] = value is BusVariant variant ? variant.Value : value;
        }
        return values;
    }
}
