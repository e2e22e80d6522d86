namespace Bramble.Fleet.Faults;

/// <summary>What a server can do about a <see cref="FailureMode"/>.</summary>
public enum FailureVerdict
{
    /// <summary>It is told as a fault.</summary>
    Told,

    /// <summary>It does not happen with this server; where it does through others, the fault tells it.</summary>
    Prevented,

    /// <summary>A server has no way to see it.</summary>
    NotSeen,
}
