using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Timeline;

/// <summary>One file of one boot, all requests for it taken together.</summary>
internal sealed record BootFile
{
    /// <summary>Path below the prefix.</summary>
    public required string Path { get; init; }

    /// <summary>Size, bytes; 0 if there is no such file.</summary>
    public long Length { get; init; }

    /// <summary>Bytes sent by the last transfer.</summary>
    public long Bytes { get; init; }

    /// <summary>Block size of the last transfer, bytes.</summary>
    public int BlockSize { get; init; }

    /// <summary>Requests.</summary>
    public int Asked { get; init; }

    /// <summary>Times that it was sent whole.</summary>
    public int Completed { get; init; }

    /// <summary>Times that the board only looked whether it is there.</summary>
    public int Probes { get; init; }

    /// <summary>Packets sent again.</summary>
    public int Retransmits { get; init; }

    /// <summary>How the last request stands or ended.</summary>
    public TftpTransferOutcome Outcome { get; init; }

    /// <summary>Seconds that the last whole transfer took.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds from the last request to the board's last acknowledgment, however it ended; to the end where the board gave up.</summary>
    public double Active { get; init; }

    /// <summary>When it was last asked for or ended, UTC.</summary>
    public DateTimeOffset Last { get; init; }

    /// <summary>True if the board found it.</summary>
    internal bool WasThere => Completed > 0 || Probes > 0;
}
