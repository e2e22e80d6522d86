namespace Bramble.Fleet.Rollouts;

/// <summary>One client of a rollout.</summary>
public sealed record RolloutClient
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The image that it had.</summary>
    public string? From { get; init; }

    /// <summary>Number of its stage, from 0.</summary>
    public required int Stage { get; init; }

    /// <summary>How far it is.</summary>
    public RolloutPhase Phase { get; init; }

    /// <summary>When its root was changed, UTC.</summary>
    public DateTimeOffset? Changed { get; init; }

    /// <summary>When its first boot after that began, UTC.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>The snapshot that holds what it had; null until there is one.</summary>
    public string? Kept { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Problem { get; init; }
}
