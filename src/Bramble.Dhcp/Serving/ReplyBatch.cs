namespace Bramble.Dhcp.Serving;

/// <summary>The replies of one turn of the loop. Its buffers are made once and used again.</summary>
public sealed class ReplyBatch
{
    /// <summary>Octets of one buffer: one Ethernet frame without fragments.</summary>
    public const int BufferLength = 1500;

    private readonly byte[][] _buffers;
    private readonly int[] _lengths;
    private readonly Reply[] _replies;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">Replies at most.</param>
    public ReplyBatch(int capacity)
    {
        _buffers = new byte[capacity][];
        for (int i = 0; i < capacity; i++)
        {
            _buffers[i] = GC.AllocateUninitializedArray<byte>(BufferLength, pinned: true);
        }

        _lengths = new int[capacity];
        _replies = new Reply[capacity];
    }

    /// <summary>Replies in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>True if no further reply fits.</summary>
    public bool IsFull => Count == _replies.Length;

    /// <summary>The buffer of the next reply. Only if not <see cref="IsFull"/>.</summary>
    public Span<byte> NextBuffer => _buffers[Count];

    /// <summary>How a reply goes.</summary>
    public ref readonly Reply this[int index] => ref _replies[index];

    /// <summary>Adds what was written to <see cref="NextBuffer"/>.</summary>
    public void Commit(int length, in Reply reply)
    {
        _lengths[Count] = length;
        _replies[Count] = reply;
        Count++;
    }

    /// <summary>The message of a reply.</summary>
    public ReadOnlySpan<byte> Message(int index) => _buffers[index].AsSpan(0, _lengths[index]);

    /// <summary>Empties the batch.</summary>
    public void Clear() => Count = 0;
}
