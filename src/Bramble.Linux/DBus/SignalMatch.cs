namespace Bramble.Linux.DBus;

/// <summary>Which signals to receive (D-Bus specification, "Match Rules"). What is null is not compared.</summary>
public sealed record SignalMatch
{
    /// <summary>Bus name of the sender.</summary>
    public string? Sender { get; init; }

    /// <summary>Object path that the signal comes from.</summary>
    public string? Path { get; init; }

    /// <summary>Interface.</summary>
    public string? Interface { get; init; }

    /// <summary>Name of the signal.</summary>
    public string? Member { get; init; }

    /// <summary>First argument, a string.</summary>
    public string? Argument0 { get; init; }
}
