namespace Bramble.Fleet.Status;

/// <summary>One file of one boot, all requests for it taken together.</summary>
public sealed record BootFileStatus
{
    /// <summary>Path below the prefix.</summary>
    public required string Path { get; init; }

    /// <summary>How the last request stands or ended: <c>started</c>, <c>completed</c>, <c>unconfirmed</c>, <c>probed</c>, <c>notFound</c>, <c>aborted</c>, <c>timedOut</c>, <c>refused</c>.</summary>
    public required string Result { get; init; }

    /// <summary>Size, bytes; 0 if there is no such file.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes of the last transfer.</summary>
    public required long Bytes { get; init; }

    /// <summary>Seconds of the last whole transfer.</summary>
    public required double Seconds { get; init; }

    /// <summary>Its rate.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Block size of the last transfer, bytes.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Requests.</summary>
    public required int Asked { get; init; }

    /// <summary>Requests that only looked.</summary>
    public required int Probes { get; init; }

    /// <summary>Packets sent again.</summary>
    public required int Retransmits { get; init; }
}
