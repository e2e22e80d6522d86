using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;

namespace Bramble.Dhcp.Serving;

/// <summary>Counts what the server does. Written by its loop, readable from any thread.</summary>
public sealed class DhcpCounters
{
    private static readonly int s_reasons = Enum.GetValues<DhcpDropReason>().Length;
    private static readonly int s_kinds = Enum.GetValues<DhcpEventKind>().Length;

    private readonly long[] _drops = new long[s_reasons];
    private readonly long[] _events = new long[s_kinds];
    private long _received;
    private long _sent;

    /// <summary>Packets received.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets handed to the network.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Packets, or replies, dropped for a reason.</summary>
    public long Dropped(DhcpDropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    /// <summary>Messages of a kind received or sent.</summary>
    public long Of(DhcpEventKind kind) => Volatile.Read(ref _events[(int)kind]);

    /// <summary>All counts at about one moment.</summary>
    public DhcpCountersSnapshot Snapshot()
    {
        var drops = new Dictionary<DhcpDropReason, long>();
        foreach (DhcpDropReason reason in Enum.GetValues<DhcpDropReason>())
        {
            if (Dropped(reason) > 0)
            {
                drops[reason] = Dropped(reason);
            }
        }

        var events = new Dictionary<DhcpEventKind, long>();
        foreach (DhcpEventKind kind in Enum.GetValues<DhcpEventKind>())
        {
            events[kind] = Of(kind);
        }

        return new DhcpCountersSnapshot(Received, Sent, events, drops);
    }

    internal void CountReceived(int count) => Volatile.Write(ref _received, _received + count);

    internal void CountSent(int count) => Volatile.Write(ref _sent, _sent + count);

    internal void CountDrop(DhcpDropReason reason) => Volatile.Write(ref _drops[(int)reason], _drops[(int)reason] + 1);

    internal void Count(DhcpEventKind kind) => Volatile.Write(ref _events[(int)kind], _events[(int)kind] + 1);
}
