namespace Bramble.VirtualPi.Replay;

/// <summary>What became of one packet of a transcript.</summary>
/// <param name="Packet">Its number, from 1.</param>
/// <param name="Verdict">The result.</param>
/// <param name="What">The packet.</param>
/// <param name="Detail">What the server did.</param>
public sealed record ReplayStep(int Packet, ReplayVerdict Verdict, string What, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Verdict.ToString().ToLowerInvariant(),-4} {Packet,3}  {What}{(Detail.Length > 0 ? ": " : "")}{Detail}";
}
