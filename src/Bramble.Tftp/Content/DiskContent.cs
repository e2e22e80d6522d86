using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Content;

/// <summary>One user's hold on a file of a <see cref="DiskContentCache"/>.</summary>
internal sealed class DiskContent(DiskContentCache cache, CachedFile file) : ITftpContent
{
    private int _released;

    /// <inheritdoc/>
    public long Length => file.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination) => Volatile.Read(ref _released) != 0 ? 0 : cache.Read(file, offset, destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            cache.Release(file);
        }
    }
}
