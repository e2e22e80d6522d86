namespace Bramble.Benchmarks.Tftp;

/// <summary>What a load measured.</summary>
/// <param name="Elapsed">From the first request to the last block.</param>
/// <param name="Times">Of each transfer that ended, from the start of all.</param>
/// <param name="Bytes">Bytes of files that came.</param>
/// <param name="Resent">Packets that the clients had to send again.</param>
/// <param name="Unfinished">Transfers that did not end.</param>
/// <param name="GeneratorCpu">Processor time of the generator.</param>
internal sealed record TftpLoadResult(TimeSpan Elapsed, IReadOnlyList<TimeSpan> Times, long Bytes, int Resent, int Unfinished, TimeSpan GeneratorCpu)
{
    /// <summary>No load yet.</summary>
    public static TftpLoadResult None { get; } = new(TimeSpan.Zero, [], 0, 0, 0, TimeSpan.Zero);

    /// <summary>This one and another one after it.</summary>
    public TftpLoadResult And(TftpLoadResult next) => new(
        Elapsed + next.Elapsed, [.. Times, .. next.Times], Bytes + next.Bytes, Resent + next.Resent, Unfinished + next.Unfinished, GeneratorCpu + next.GeneratorCpu);
}
