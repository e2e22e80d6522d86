using Bramble.Dhcp.Leases;

namespace Bramble.Dhcp.Tests.Leases;

/// <summary>A lease file in memory whose disk can be slow or broken.</summary>
internal sealed class TestLeaseFile : ILeaseFile
{
    private readonly Lock _gate = new();
    private byte[] _content = "bramble leases 1\n"u8.ToArray();

    /// <summary>Reset: writing waits until it is set.</summary>
    public ManualResetEventSlim Disk { get; } = new(initialState: true);

    /// <summary>Set once a writer has come.</summary>
    public ManualResetEventSlim Writing { get; } = new();

    public volatile bool WriteFails;

    public volatile bool ReplaceFails;

    public int Writes;

    public int Replacements;

    /// <summary>True to keep nothing, and so to allocate nothing.</summary>
    public bool Forgets { get; init; }

    public byte[] Content
    {
        get
        {
            lock (_gate)
            {
                return _content;
            }
        }
    }

    public byte[] ReadAll() => Content;

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        Writing.Set();
        Disk.Wait();
        if (WriteFails)
        {
            throw new IOException("No space left on device");
        }

        Interlocked.Increment(ref Writes);
        if (Forgets)
        {
            return;
        }

        lock (_gate)
        {
            byte[] content = new byte[Math.Max(_content.Length, offset + data.Length)];
            _content.CopyTo(content, 0);
            data.CopyTo(content.AsSpan((int)offset));
            _content = content;
        }
    }

    public void Cut(long length)
    {
        lock (_gate)
        {
            _content = _content[..(int)length];
        }
    }

    public void Replace(ReadOnlySpan<byte> content)
    {
        if (ReplaceFails)
        {
            throw new IOException("No space left on device");
        }

        lock (_gate)
        {
            _content = content.ToArray();
        }

        Interlocked.Increment(ref Replacements);
    }

    public void Dispose()
    {
        // The test reads it afterwards.
    }
}
