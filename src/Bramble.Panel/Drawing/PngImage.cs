using System.Buffers.Binary;

namespace Bramble.Panel.Drawing;

/// <summary>
/// Writes a canvas as a PNG file (ISO/IEC 15948), one bit a pixel. The data is stored, not compressed: a panel is a kilobyte, and so the bytes
/// of one picture are the same on every machine.
/// </summary>
public static class PngImage
{
    private static readonly uint[] s_crc = MakeCrcTable();

    /// <summary>The file.</summary>
    /// <param name="canvas">The picture: lit pixels white, dark ones black.</param>
    /// <param name="scale">Pixels of the file for each of the panel, both ways; 1 to 16.</param>
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

    /// <summary>A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4).</summary>
    private static byte[] Zlib(ReadOnlySpan<byte> data)
    {
        const int longestBlock = 65535;
        using var stream = new MemoryStream();
        stream.Write([0x78, 0x01]);
        uint a = 1, b = 0;
        foreach (byte value in data)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        Span<byte> head = stackalloc byte[5];
        while (data.Length > 0)
        {
            ReadOnlySpan<byte> block = data[..Math.Min(data.Length, longestBlock)];
            data = data[block.Length..];
            head[0] = data.Length == 0 ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)block.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~block.Length);
            stream.Write(head);
            stream.Write(block);
        }

        Span<byte> adler = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(adler, (b << 16) | a);
        stream.Write(adler);
        return stream.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
        {
            crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
