namespace Bramble.Storage.Contract;

/// <summary>One point in time of a client's root and boot folder.</summary>
public sealed record SnapshotInfo
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>Its name, one of its kind for the client: lower-case letters, digits, <c>.</c>, <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The time that it holds, UTC; of what the client had before a rollback or reset, the time of that.</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>Why it is there.</summary>
    public required SnapshotCause Cause { get; init; }

    /// <summary>The image that the root was made from.</summary>
    public required string Image { get; init; }

    /// <summary>The kind of root.</summary>
    public required RootKind Kind { get; init; }

    /// <summary>The client runs on it, or did when it last booted, and so it may still change: its next boot gets another state.</summary>
    public bool InUse { get; init; }
}
