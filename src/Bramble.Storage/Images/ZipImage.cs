using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>
/// The disk image in a zip archive, read forwards only by the archive's local headers (APPNOTE.TXT 6.3, 4.3), as it comes from a pipe or a download.
/// </summary>
internal sealed class ZipImage
{
    private const uint LocalHeader = 0x04034B50;
    private const uint Descriptor = 0x08074B50;
    private const int HeaderLength = 30;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private const ushort Zip64 = 1;
    private const int BufferLength = 64 * 1024;

    private readonly Stream _source;
    private readonly string _shownName;

    private ZipImage(Stream source, string shownName) => (_source, _shownName) = (source, shownName);

    /// <summary>Finds the image and hands its content on, piece by piece.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="shownName">Its name as given, for messages.</param>
    /// <param name="write">Takes the content.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="StorageException">There is no image in it, or it is damaged.</exception>
    internal static async Task UnpackAsync(Stream source, string shownName, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellation)
    {
        ZipImage zip = new(source, shownName);
        List<string> seen = [];
        while (await zip.ReadEntryAsync(seen, cancellation).ConfigureAwait(false) is { } entry)
        {
            if (!entry.IsImage)
            {
                await zip.SkipAsync(entry, cancellation).ConfigureAwait(false);
                continue;
            }

            try
            {
                await zip.UnpackAsync(entry, write, cancellation).ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                throw zip.Damaged(e.Message);
            }

            return;
        }

        throw new StorageException($"{shownName} is a zip archive without a disk image (.img). Found: {(seen.Count == 0 ? "nothing" : string.Join(", ", seen))}.");
    }

    private async Task<Entry?> ReadEntryAsync(List<string> seen, CancellationToken cancellation)
    {
        byte[] header = new byte[HeaderLength];
        await FillAsync(header.AsMemory(0, 4), cancellation).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalHeader)
            return null;
        await FillAsync(header.AsMemory(4), cancellation).ConfigureAwait(false);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6));
        byte[] nameAndExtra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28))];
        await FillAsync(nameAndExtra, cancellation).ConfigureAwait(false);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        string name = StorageNames.Shown(Encoding.UTF8.GetString(nameAndExtra, 0, nameLength));
        (ulong packed, ulong unpacked) = Sizes(header, nameAndExtra.AsSpan(nameLength));
        if (seen.Count < 10)
            seen.Add(name);
        if ((flags & 1) != 0)
            throw new StorageException($"{_shownName} is encrypted. Unpack it first and give the .img inside.");
        return new Entry(
            name,
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)),
            HasDescriptor: (flags & 8) != 0,
            BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14)),
            (long)Math.Min(packed, long.MaxValue),
            (long)Math.Min(unpacked, long.MaxValue));
    }

    private static (ulong Packed, ulong Unpacked) Sizes(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        ulong packed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        ulong unpacked = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        while (extra.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == Zip64 && length >= 16 && extra.Length >= 20)
                return (BinaryPrimitives.ReadUInt64LittleEndian(extra[12..]), BinaryPrimitives.ReadUInt64LittleEndian(extra[4..]));
            extra = extra[Math.Min(extra.Length, 4 + length)..];
        }

        return (packed, unpacked);
    }

    private async Task SkipAsync(Entry entry, CancellationToken cancellation)
    {
        // Where such a content ends shows only when it is unpacked.
        if (entry.HasDescriptor && entry.Packed == 0 && !entry.Name.EndsWith('/'))
            throw new StorageException($"{_shownName} begins with {entry.Name}, whose length is not told: the disk image behind it cannot be found. Unpack it first and give the .img inside.");
        byte[] buffer = new byte[BufferLength];
        for (long left = entry.Packed; left > 0;)
        {
            int part = (int)Math.Min(left, buffer.Length);
            await FillAsync(buffer.AsMemory(0, part), cancellation).ConfigureAwait(false);
            left -= part;
        }
    }

    private async Task UnpackAsync(Entry entry, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellation)
    {
        bool isLengthKnown = !entry.HasDescriptor || entry.Packed > 0;
        if (entry.Method is not (Stored or Deflated) || (entry.Method == Stored && !isLengthKnown))
            throw new StorageException($"{entry.Name} in {_shownName} is packed in a way that is not known here (method {entry.Method}). Unpack it first and give the .img inside.");
        TailStream packed = new(_source, isLengthKnown ? entry.Packed : long.MaxValue);
        await using Stream content = entry.Method == Stored ? packed : new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true);
        Crc32 crc = default;
        long done = 0;
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false)) > 0;)
        {
            crc.Append(buffer.AsSpan(0, read));
            done += read;
            write(buffer.AsMemory(0, read));
        }

        bool isWhole = entry.HasDescriptor
            ? await packed.EndsWithAsync(crc.Value, cancellation).ConfigureAwait(false)
            : crc.Value == entry.Crc && done == entry.Unpacked;
        if (!isWhole)
            throw Damaged($"{entry.Name} has not the check sum that it should have");
    }

    private async Task FillAsync(Memory<byte> target, CancellationToken cancellation)
    {
        if (await _source.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < target.Length)
            throw Damaged("it ends too early");
    }

    private StorageException Damaged(string words) => new($"{_shownName} is damaged or broken off (zip: {words}). Download or copy it again.");

    private sealed record Entry(string Name, ushort Method, bool HasDescriptor, uint Crc, long Packed, long Unpacked)
    {
        internal bool IsImage => Name.EndsWith(".img", StringComparison.OrdinalIgnoreCase) && !Name.StartsWith("__MACOSX/", StringComparison.Ordinal);
    }

    /// <summary>
    /// Reads at most so many bytes, and remembers the last ones: whoever unpacks reads beyond the end of the content, and the descriptor with its check
    /// sum stands right there.
    /// </summary>
    private sealed class TailStream(Stream source, long limit) : Stream
    {
        private const int TailLength = 128 * 1024;
        private long _left = limit;
        private byte[] _tail = [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Whether a descriptor with this check sum follows the content.</summary>
        internal async Task<bool> EndsWithAsync(uint crc, CancellationToken cancellation)
        {
            _left = 64;
            byte[] more = new byte[64];
            _ = await this.ReadAtLeastAsync(more, more.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            byte[] wanted = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(wanted, Descriptor);
            BinaryPrimitives.WriteUInt32LittleEndian(wanted.AsSpan(4), crc);
            return _tail.AsSpan().IndexOf(wanted) >= 0;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
                return 0;
            int read = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
            _left -= read;
            byte[] tail = read >= TailLength ? buffer.Span[(read - TailLength)..read].ToArray() : [.. _tail, .. buffer.Span[..read]];
            _tail = tail.Length > TailLength ? tail[^TailLength..] : tail;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
