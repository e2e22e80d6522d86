namespace Bramble.Dhcp.Serving;

/// <summary>Replies that wait for their time. Their buffers are kept and used again.</summary>
internal sealed class DelayedReplies(int capacity)
{
    private readonly PriorityQueue<Entry, DateTimeOffset> _queue = new();
    private readonly Stack<byte[]> _buffers = new();

    /// <summary>When the first is due.</summary>
    public DateTimeOffset Next => _queue.TryPeek(out _, out DateTimeOffset due) ? due : DateTimeOffset.MaxValue;

    /// <summary>Takes a copy of a reply. False if there is no more room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> message, in Reply reply, DateTimeOffset now)
    {
        if (_queue.Count >= capacity)
        {
            return false;
        }

        if (!_buffers.TryPop(out byte[]? buffer))
        {
            buffer = GC.AllocateUninitializedArray<byte>(ReplyBatch.BufferLength, pinned: true);
        }

        message.CopyTo(buffer);
        _queue.Enqueue(new Entry(buffer, message.Length, reply with { Delay = default }), now + reply.Delay);
        return true;
    }

    /// <summary>Moves the replies that are due into a batch, as many as fit.</summary>
    public void TakeDue(DateTimeOffset now, ReplyBatch batch)
    {
        while (!batch.IsFull && _queue.TryPeek(out Entry entry, out DateTimeOffset due) && due <= now)
        {
            _queue.Dequeue();
            entry.Buffer.AsSpan(0, entry.Length).CopyTo(batch.NextBuffer);
            batch.Commit(entry.Length, entry.Reply);
            _buffers.Push(entry.Buffer);
        }
    }

    private readonly record struct Entry(byte[] Buffer, int Length, Reply Reply);
}
