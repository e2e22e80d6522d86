namespace Bramble.Linux.DBus;

/// <summary>One interface of an exported object.</summary>
public sealed record BusInterface
{
    /// <summary>Its name, such as <c>org.bramble.Storage1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its methods.</summary>
    public IReadOnlyList<BusMethod> Methods { get; init; } = [];

    /// <summary>Its signals; sent by <see cref="IBusConnection.EmitSignalAsync"/>.</summary>
    public IReadOnlyList<BusSignal> Signals { get; init; } = [];
}
