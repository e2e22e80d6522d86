using Bramble.Linux.Net;

namespace Bramble.Tftp.Serving;

/// <summary>One step of one transfer, for timeline and log.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Port">The client's transfer id (UDP port).</param>
/// <param name="Path">The folded file name.</param>
/// <param name="Outcome">What happened.</param>
/// <param name="Length">Size of the file in bytes; 0 when there is none.</param>
/// <param name="BytesSent">Bytes of the file that were acknowledged.</param>
/// <param name="BlockSize">The block size in use, bytes.</param>
/// <param name="Retransmits">Packets sent again.</param>
/// <param name="Duration">Time since the request; zero for <see cref="TftpTransferOutcome.Started"/>.</param>
public readonly record struct TftpTransferEvent(
    DateTimeOffset Time,
    Ipv4Address Client,
    ushort Port,
    string Path,
    TftpTransferOutcome Outcome,
    long Length,
    long BytesSent,
    int BlockSize,
    int Retransmits,
    TimeSpan Duration)
{
    /// <summary>Time from the request to the client's last acknowledgment; zero if there was none.</summary>
    public TimeSpan Heard { get; init; }
}
