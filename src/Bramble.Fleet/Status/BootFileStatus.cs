namespace Bramble.Fleet.Status;

/// <summary>One file of one boot.</summary>
/// <param name="Path">Path below the prefix.</param>
/// <param name="Outcome">How the last request ended: <c>completed</c>, <c>notFound</c> and so on.</param>
/// <param name="Length">Size, bytes.</param>
/// <param name="Asked">Requests.</param>
/// <param name="Probes">Requests that only looked.</param>
/// <param name="Retransmits">Packets sent again.</param>
/// <param name="Seconds">Seconds of the last whole transfer.</param>
public sealed record BootFileStatus(string Path, string Outcome, long Length, int Asked, int Probes, int Retransmits, double Seconds);
