namespace Bramble.Linux.DBus;

/// <summary>A D-Bus error: one that a callee sent, or one of the connection itself (<see cref="BusErrors.Disconnected"/>).</summary>
/// <param name="name">D-Bus error name, such as <c>org.freedesktop.DBus.Error.AccessDenied</c>.</param>
/// <param name="message">The text for a person.</param>
public sealed class BusException(string name, string message) : Exception(message)
{
    /// <summary>D-Bus error name.</summary>
    public string Name { get; } = name;
}
