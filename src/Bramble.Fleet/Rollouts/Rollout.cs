namespace Bramble.Fleet.Rollouts;

/// <summary>A new image on its way to clients, stage by stage. Kept in <c>rollout.json</c>, so that it goes on when the server was restarted.</summary>
public sealed record Rollout
{
    private readonly int _version = 1;

    /// <summary>Version of the record's form in its file.</summary>
    public int Version { get => _version; init => _version = Math.Max(1, value); }

    /// <summary>What was asked for.</summary>
    public required RolloutOrder Order { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When this server last started while it ran, UTC; null if it never did. No client's time runs while the server is off.</summary>
    public DateTimeOffset? Resumed { get; init; }

    /// <summary>How far it is.</summary>
    public RolloutState State { get; init; }

    /// <summary>Number of the stage that runs, from 0.</summary>
    public int Stage { get; init; }

    /// <summary>Number of stages that have clients.</summary>
    public required int Stages { get; init; }

    /// <summary>Its clients, in the order in which they get the image.</summary>
    public required IReadOnlyList<RolloutClient> Clients { get; init; }

    /// <summary>Why it ended otherwise than well; null if it did not.</summary>
    public string? Reason { get; init; }
}
