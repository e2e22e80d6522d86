using Bramble.Tftp.Serving;

namespace Bramble.Fleet.BootFiles;

/// <summary>A file made in memory for one request.</summary>
internal sealed class MadeContent(byte[] bytes) : ITftpContent
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= bytes.Length)
        {
            return 0;
        }

        int count = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Plain memory: nothing to give back.
    }
}
