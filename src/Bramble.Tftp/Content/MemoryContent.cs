using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Content;

/// <summary>A file whose bytes are made at request time, such as a client's <c>cmdline.txt</c>.</summary>
/// <param name="bytes">The bytes; they must not be changed afterwards.</param>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : ITftpContent
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The garbage collector has the bytes.
    }
}
