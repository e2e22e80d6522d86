using System.IO.Compression;
using Bramble.Panel.Drawing;

namespace Bramble.Panel.Tests.Drawing;

public sealed class PngImageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void File_is_what_any_reader_takes(int scale)
    {
        var canvas = new Canvas(11, 8);
        canvas.Set(0, 0);
        canvas.Set(10, 7);
        byte[] png = PngImage.Encode(canvas, scale);
        Assert.Equal(11 * scale, Big(png, 16));
        Assert.Equal(8 * scale, Big(png, 20));
        int length = Big(png, 33);
        // The base library checks the stream's checksum.
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        byte[] data = rows.ToArray();
        int rowLength = 1 + (((11 * scale) + 7) / 8);
        Assert.Equal(rowLength * 8 * scale, data.Length);
        Assert.Equal(0x80, data[1] & 0x80);
        int last = (11 * scale) - 1;
        Assert.NotEqual(0, data[^rowLength..][1 + (last / 8)] & (0x80 >> (last % 8)));
        // CRC-32 of an empty IEND, which every PNG file ends with.
        Assert.Equal([0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82], png[^12..]);
    }

    private static int Big(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
