namespace Bramble.Linux.DBus;

/// <summary>A method of an exported interface.</summary>
public sealed record BusMethod
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Signature of what goes in; empty for nothing.</summary>
    public string In { get; init; } = "";

    /// <summary>Signature of what comes out; empty for nothing.</summary>
    public string Out { get; init; } = "";

    /// <summary>Names of the arguments for introspection, those that go in first: either one for every argument or none at all.</summary>
    public IReadOnlyList<string> ArgumentNames { get; init; } = [];

    /// <summary>
    /// Does the work on the thread pool and may take as long as it likes; calls run side by side. Returns one value for each complete type of
    /// <see cref="Out"/>. A <see cref="BusException"/> goes to the caller as it is, any other as <see cref="BusErrors.Failed"/> with its message.
    /// </summary>
    public required Func<BusCall, Task<object[]>> Handler { get; init; }
}
