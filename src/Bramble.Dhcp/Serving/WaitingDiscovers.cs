using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>
/// DISCOVERs of boards whose files are being made, and of clients whose address is being probed. A clone takes a moment; the board listens for seconds, and asks again only
/// after many more, so its question is kept and put again until it is answered or too old.
/// </summary>
internal sealed class WaitingDiscovers
{
    /// <summary>How often they are put again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A bootloader takes an OFFER for 4 s (DHCP_REQ_TIMEOUT), a Pi 3 for 5 s.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3.5);
    private const int Maximum = 2048;

    private readonly Dictionary<MacAddress, (byte[] Packet, PacketArrival Arrival)> _waiting = [];
    private DateTimeOffset _next = DateTimeOffset.MaxValue;

    /// <summary>When they are to be put again.</summary>
    public DateTimeOffset Next => _next;

    /// <summary>Keeps a DISCOVER; the latest of each board. False if there is no more room.</summary>
    public bool TryAdd(MacAddress board, ReadOnlySpan<byte> packet, in PacketArrival arrival)
    {
        if (_waiting.Count >= Maximum && !_waiting.ContainsKey(board))
        {
            return false;
        }

        _waiting[board] = (packet.ToArray(), arrival);
        _next = Earlier(_next, arrival.Time + Interval);
        return true;
    }

    /// <summary>Takes all of them out, with those that became too old left out; the caller adds again what still waits.</summary>
    public IReadOnlyList<(MacAddress Board, byte[] Packet, PacketArrival Arrival)> TakeAll(DateTimeOffset now)
    {
        List<(MacAddress, byte[], PacketArrival)> taken = [];
        foreach ((MacAddress board, (byte[] packet, PacketArrival arrival)) in _waiting)
        {
            if (now - arrival.Time < s_patience)
            {
                taken.Add((board, packet, arrival));
            }
        }

        _waiting.Clear();
        _next = DateTimeOffset.MaxValue;
        return taken;
    }

    /// <summary>Puts one back that still waits; its age goes on.</summary>
    public void PutBack(MacAddress board, byte[] packet, in PacketArrival arrival, DateTimeOffset now)
    {
        _waiting[board] = (packet, arrival);
        _next = Earlier(_next, now + Interval);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
