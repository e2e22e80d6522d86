using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Bramble.Panel.Drawing;

/// <summary>
/// Writes a canvas as a PNG file (ISO/IEC 15948), one bit a pixel. The data is stored, not compressed: a picture is a kilobyte, and so its bytes
/// are the same on every machine.
/// </summary>
public static class PngImage
{
    /// <summary>The file.</summary>
    /// <param name="canvas">The picture: lit pixels white, dark ones black.</param>
    /// <param name="scale">Pixels of the file for each pixel of the panel, in both directions; 1 to 16.</param>
    public static byte[] Encode(Canvas canvas, int scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 16);
        int width = canvas.Width * scale, height = canvas.Height * scale;
        int rowLength = 1 + ((width + 7) / 8);
        byte[] rows = new byte[rowLength * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (canvas[x / scale, y / scale])
                {
                    rows[(y * rowLength) + 1 + (x >> 3)] |= (byte)(0x80 >> (x & 7));
                }
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1; // bit depth; colour type, compression, filter and interlace methods are all 0
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Zlib(rows));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Zlib(ReadOnlySpan<byte> data)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.NoCompression, leaveOpen: true))
        {
            zlib.Write(data);
        }

        return stream.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
