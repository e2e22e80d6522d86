namespace Bramble.Fleet.Timeline;

/// <summary>How one transfer of one file ended.</summary>
/// <param name="Path">Path below the prefix.</param>
/// <param name="Result">The end: <c>completed</c>, <c>unconfirmed</c> (only the last acknowledgment never came), <c>aborted</c>, <c>timedOut</c>, <c>refused</c>.</param>
/// <param name="Length">Size, bytes.</param>
/// <param name="Bytes">Bytes that were acknowledged.</param>
/// <param name="Seconds">Seconds that it took.</param>
/// <param name="BytesPerSecond">Its rate.</param>
/// <param name="BlockSize">Block size, bytes.</param>
/// <param name="Retransmits">Packets sent again.</param>
/// <param name="Probes">How often the board only looked for this file before.</param>
public sealed record BootTransfer(
    string Path, string Result, long Length, long Bytes, double Seconds, double BytesPerSecond, int BlockSize, int Retransmits, int Probes);
