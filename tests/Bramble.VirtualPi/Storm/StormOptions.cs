using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Storm;

/// <summary>Boards that are switched on together.</summary>
public sealed record StormOptions
{
    /// <summary>The boards; no two may have one MAC.</summary>
    public required IReadOnlyList<(PiProfile Profile, PiIdentity Identity)> Boards { get; init; }

    /// <summary>The interface that all of them are behind; it needs no address.</summary>
    public required string Interface { get; init; }

    /// <summary>What the files should be; null to take what comes.</summary>
    public IExpectedFiles? Expected { get; init; }

    /// <summary>Each board is switched on at some moment of this time.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Limit for all boards together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; }
}
