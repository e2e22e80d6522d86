namespace Bramble.Fleet.Status;

/// <summary>One boot of a board.</summary>
public sealed record BootStatus
{
    /// <summary>Counts up over the board's life.</summary>
    public required int Number { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The stage that it stands at: <c>discover</c>, <c>offered</c>, <c>bound</c>, <c>firmware</c>, <c>kernel</c>, <c>root</c>, <c>up</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Seconds from the beginning to each stage that was reached, in order.</summary>
    public required IReadOnlyDictionary<string, double> Stages { get; init; }

    /// <summary>Requests of the firmware for an address.</summary>
    public int Discovers { get; init; }

    /// <summary>Answers to them.</summary>
    public int Offers { get; init; }

    /// <summary>Seconds since the last sign of it.</summary>
    public required double SilentSeconds { get; init; }

    /// <summary>The file being sent; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Size of that file, bytes.</summary>
    public long FileBytes { get; init; }

    /// <summary>Files sent whole.</summary>
    public int Files { get; init; }

    /// <summary>Bytes of all transfers.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes a second while files were sent; 0 before the first.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Requests that only looked whether a file is there.</summary>
    public int Probes { get; init; }

    /// <summary>Requests for files that are not there.</summary>
    public int NotFound { get; init; }

    /// <summary>TFTP packets sent again.</summary>
    public int Retransmits { get; init; }

    /// <summary>Equal failures before this one.</summary>
    public int Repeats { get; init; }
}
