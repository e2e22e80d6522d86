using System.Globalization;
using System.Text;

namespace Bramble.Storage.Images;

/// <summary>
/// Reads the names in cpio archives of the "newc" form, one after the other, as the kernel unpacks an initramfs
/// (Documentation/driver-api/early-userspace/buffer-format.rst). Contents are skipped.
/// </summary>
internal sealed class CpioNames(Stream stream, Action<string> onName)
{
    private const int HeaderLength = 110;
    private const int NameLimit = 4096;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _position;

    /// <summary>Bytes at the start of what is no cpio archive: the magic of a packed part, or of nothing known. Empty at the end of the stream.</summary>
    internal byte[] Rest { get; private set; } = [];

    /// <summary>Offset of <see cref="Rest"/> in the stream.</summary>
    internal long RestOffset { get; private set; }

    /// <summary>How many names there were.</summary>
    internal int Count { get; private set; }

    /// <summary>Reads until the end of the stream or up to something that is no cpio archive.</summary>
    /// <exception cref="InvalidDataException">An archive breaks off or is malformed.</exception>
    internal async Task ReadAsync(CancellationToken cancellation)
    {
        byte[] header = new byte[HeaderLength];
        while (true)
        {
            // Zeros pad the gap between two archives; alignment is to 4 bytes.
            int length = await FillAsync(header.AsMemory(0, 4), cancellation);
            if (length == 4 && header.AsSpan(0, 4).IndexOfAnyExcept((byte)0) < 0)
                continue;
            if (length > 0)
                length += await FillAsync(header.AsMemory(length, 2), cancellation);
            if (length < 6 || !(header.AsSpan(0, 6).SequenceEqual("070701"u8) || header.AsSpan(0, 6).SequenceEqual("070702"u8)))
            {
                RestOffset = _position - length;
                Rest = header[..length];
                return;
            }

            if (await FillAsync(header.AsMemory(6), cancellation) < HeaderLength - 6)
                throw new InvalidDataException("the cpio archive breaks off");
            int nameLength = checked((int)Math.Min(Field(header, 11), int.MaxValue));
            long fileLength = Field(header, 6);
            if (nameLength is < 1 or > NameLimit)
                throw new InvalidDataException("the cpio archive has a name of impossible length");
            byte[] name = new byte[nameLength];
            if (await FillAsync(name, cancellation) < nameLength)
                throw new InvalidDataException("the cpio archive breaks off");
            string text = Encoding.UTF8.GetString(name, 0, nameLength - 1);
            await SkipAsync(Padding(), cancellation);
            await SkipAsync(fileLength, cancellation);
            await SkipAsync(Padding(), cancellation);
            Count++;
            if (text != "TRAILER!!!")
                onName(text);
        }
    }

    private static long Field(byte[] header, int index) =>
        uint.TryParse(header.AsSpan(6 + (index * 8), 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw new InvalidDataException("the cpio archive has a malformed header");

    private int Padding() => (int)((4 - (_position & 3)) & 3);

    private async ValueTask<int> FillAsync(Memory<byte> target, CancellationToken cancellation)
    {
        int read = await stream.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellation);
        _position += read;
        return read;
    }

    private async ValueTask SkipAsync(long count, CancellationToken cancellation)
    {
        while (count > 0)
        {
            int read = await FillAsync(_buffer.AsMemory(0, (int)Math.Min(count, _buffer.Length)), cancellation);
            if (read == 0)
                throw new InvalidDataException("the cpio archive breaks off");
            count -= read;
        }
    }
}
