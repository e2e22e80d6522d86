using Bramble.Linux.DBus.SdBus;

namespace Bramble.Linux.DBus;

/// <summary>Opens connections to a message bus.</summary>
public static class BusConnection
{
    /// <summary>Where the system bus listens unless <c>DBUS_SYSTEM_BUS_ADDRESS</c> says otherwise (D-Bus specification, "System message bus").</summary>
    public const string DefaultSystemAddress = "unix:path=/run/dbus/system_bus_socket";

    /// <summary>Connects to the system bus; honours <c>DBUS_SYSTEM_BUS_ADDRESS</c>. Blocks until the bus has said hello.</summary>
    /// <param name="reason">Why there is none, for a person; empty on success.</param>
    /// <returns>The connection, or null where there is no bus or no library for it.</returns>
    public static IBusConnection? TryOpenSystem(out string reason)
    {
        string? address = Environment.GetEnvironmentVariable("DBUS_SYSTEM_BUS_ADDRESS");
        return TryOpen(string.IsNullOrEmpty(address) ? DefaultSystemAddress : address, out reason);
    }

    /// <summary>Connects to a bus by its address. Blocks until the bus has said hello.</summary>
    /// <param name="address">D-Bus server address, such as <c>unix:path=/run/dbus/system_bus_socket</c>.</param>
    /// <param name="reason">Why there is none, for a person; empty on success.</param>
    public static IBusConnection? TryOpen(string address, out string reason)
    {
        if (!SdBusLibrary.IsUsable(SdBusLibrary.Name, out reason))
        {
            return null;
        }
        return SdBusConnection.TryOpen(address, out reason);
    }
}
