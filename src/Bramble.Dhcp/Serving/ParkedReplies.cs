namespace Bramble.Dhcp.Serving;

/// <summary>
/// Replies whose leases are on their way to the disk, in the order of the lease journal. Their octets lie one behind the other in a
/// ring that grows to what a storm needs and is kept.
/// </summary>
/// <param name="capacity">Replies at most.</param>
internal sealed class ParkedReplies(int capacity)
{
    // Nearly all replies have 300 to 400 octets.
    private const int FirstRing = 16 * 1024;
    private const int LargestRing = 2 << 20;

    private readonly Queue<Entry> _queue = new();
    private byte[] _ring = new byte[FirstRing];
    private int _end;
    private int _used;

    /// <summary>Replies parked.</summary>
    public int Count => _queue.Count;

    /// <summary>Takes a copy of a reply. False if there is no more room.</summary>
    /// <param name="message">The reply's octets.</param>
    /// <param name="reply">How it goes.</param>
    /// <param name="sequence">What must be durable before it goes (<see cref="Leases.LeaseJournal.Appended"/>); never less than that of the one before.</param>
    /// <param name="now">The time.</param>
    public bool TryAdd(ReadOnlySpan<byte> message, in Reply reply, long sequence, DateTimeOffset now)
    {
        if (_queue.Count >= capacity || !TryTakeRoom(message.Length, out int start, out int taken))
        {
            return false;
        }

        message.CopyTo(_ring.AsSpan(start));
        _queue.Enqueue(new Entry(start, message.Length, taken, reply, sequence, now));
        return true;
    }

    /// <summary>The oldest reply, if it needs no more than is durable.</summary>
    /// <param name="durable">What is durable.</param>
    /// <param name="message">Its octets, until the next <see cref="TryAdd"/>.</param>
    /// <param name="reply">How it goes.</param>
    /// <param name="parked">When it was parked.</param>
    public bool TryTake(long durable, out ReadOnlySpan<byte> message, out Reply reply, out DateTimeOffset parked)
    {
        if (!_queue.TryPeek(out Entry entry) || entry.Sequence > durable)
        {
            message = default;
            reply = default;
            parked = default;
            return false;
        }

        _queue.Dequeue();
        _used -= entry.Taken;
        message = _ring.AsSpan(entry.Start, entry.Length);
        (reply, parked) = (entry.Reply, entry.Parked);
        return true;
    }

    // A message lies in one piece: where it does not fit before the end of the ring, that end is left empty and counted with it.
    private bool TryTakeRoom(int length, out int start, out int taken)
    {
        while (true)
        {
            int skipped = _end + length > _ring.Length ? _ring.Length - _end : 0;
            start = skipped > 0 ? 0 : _end;
            taken = length + skipped;
            if (_used + taken <= _ring.Length)
            {
                _end = start + length;
                _used += taken;
                return true;
            }

            if (_ring.Length >= LargestRing)
            {
                return false;
            }

            Grow();
        }
    }

    private void Grow()
    {
        byte[] larger = new byte[_ring.Length * 2];
        int end = 0;
        for (int i = _queue.Count; i > 0; i--)
        {
            Entry entry = _queue.Dequeue();
            _ring.AsSpan(entry.Start, entry.Length).CopyTo(larger.AsSpan(end));
            _queue.Enqueue(entry with { Start = end, Taken = entry.Length });
            end += entry.Length;
        }

        (_ring, _end, _used) = (larger, end, end);
    }

    private readonly record struct Entry(int Start, int Length, int Taken, Reply Reply, long Sequence, DateTimeOffset Parked);
}
