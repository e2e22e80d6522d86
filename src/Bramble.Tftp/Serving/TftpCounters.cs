namespace Bramble.Tftp.Serving;

/// <summary>A snapshot of the server's counters since its start.</summary>
public sealed class TftpCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<TftpCounter>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<TftpDropReason>().Length];

    internal TftpCounters()
    {
    }

    /// <summary>Transfers running now.</summary>
    public int ActiveTransfers { get; internal set; }

    /// <summary>One count.</summary>
    public long this[TftpCounter counter] => Volatile.Read(ref _counts[(int)counter]);

    /// <summary>Packets dropped for one reason.</summary>
    public long this[TftpDropReason reason] => Volatile.Read(ref _drops[(int)reason]);

    // One loop writes, others read: plain stores suffice.
    internal void Add(TftpCounter counter, long count = 1) => Volatile.Write(ref _counts[(int)counter], _counts[(int)counter] + count);

    internal void Add(TftpDropReason reason, long count = 1) => Volatile.Write(ref _drops[(int)reason], _drops[(int)reason] + count);

    internal void AddAll(TftpCounters other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += Volatile.Read(ref other._counts[i]);
        }

        for (int i = 0; i < _drops.Length; i++)
        {
            _drops[i] += Volatile.Read(ref other._drops[i]);
        }

        ActiveTransfers += other.ActiveTransfers;
    }
}
