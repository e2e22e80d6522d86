using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.BootFiles;

/// <summary>A file with an archive behind it, which begins where the kernel finds it.</summary>
/// <param name="file">The file; disposed of with this.</param>
/// <param name="archive">The archive.</param>
internal sealed class ExtendedContent(ITftpContent file, byte[] archive) : ITftpContent
{
    private readonly long _start = InitramfsFile.ArchiveStart(file.Length);

    /// <inheritdoc/>
    public long Length => _start + archive.Length;

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        Span<byte> rest = destination[..count];
        if (offset < file.Length)
        {
            int wanted = (int)Math.Min(rest.Length, file.Length - offset);
            int read = file.Read(offset, rest[..wanted]);
            if (read < wanted)
            {
                return read;
            }

            rest = rest[wanted..];
            offset += wanted;
        }

        int zeros = (int)Math.Clamp(_start - offset, 0, rest.Length);
        rest[..zeros].Clear();
        if (zeros < rest.Length)
        {
            archive.AsSpan((int)(offset + zeros - _start), rest.Length - zeros).CopyTo(rest[zeros..]);
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
