using Bramble.Storage.Contract;

namespace Bramble.Storage.Journal;

/// <summary>One operation that is under way, as it stands in <c>journal/ID.json</c> from before its first step until after its last.</summary>
internal sealed record Intent
{
    /// <summary>Form of this record.</summary>
    public int Version { get; init; } = 1;

    public required Operation Operation { get; init; }

    public required DateTimeOffset Begun { get; init; }

    /// <summary>The image that is made or removed.</summary>
    public string? Image { get; init; }

    /// <summary>The client that is changed.</summary>
    public string? Client { get; init; }

    /// <summary>Number of the state that is made or removed.</summary>
    public int State { get; init; }

    /// <summary><see cref="Operation.ChangeState"/>: number of the state that the next boot got until now.</summary>
    public int Previous { get; init; }

    /// <summary><see cref="Operation.ChangeState"/>: name of the snapshot that the previous state becomes.</summary>
    public string? KeepAs { get; init; }

    /// <summary><see cref="Operation.ChangeState"/>: why it does.</summary>
    public SnapshotCause Cause { get; init; }

    /// <summary>For the log.</summary>
    public override string ToString() => $"{Operation} {Image}{(Image is not null && Client is not null ? " " : "")}{Client}";
}
