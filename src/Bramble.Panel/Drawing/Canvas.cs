namespace Bramble.Panel.Drawing;

/// <summary>
/// A picture of one bit a pixel. Drawing outside of it is cut off, never an error. Kept as the display controllers keep it: pages of eight rows,
/// one byte a column, bit 0 on top (SSD1306 datasheet, 8.7 "Graphic Display Data RAM").
/// </summary>
public sealed class Canvas
{
    private readonly byte[] _bits;

    /// <summary>A dark canvas.</summary>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down, a multiple of eight.</param>
    public Canvas(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 8);
        if (height % 8 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(height), height, "The rows come in pages of eight.");
        }

        (Width, Height) = (width, height);
        _bits = new byte[width * (height / 8)];
    }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>The pixels: page after page of eight rows, one byte a column, bit 0 on top.</summary>
    public ReadOnlySpan<byte> Bits => _bits;

    /// <summary>Whether a pixel is lit; false outside.</summary>
    public bool this[int x, int y] =>
        (uint)x < (uint)Width && (uint)y < (uint)Height && (_bits[((y >> 3) * Width) + x] >> (y & 7) & 1) != 0;

    /// <summary>Lights a pixel, or darkens it.</summary>
    public void Set(int x, int y, bool lit = true)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
        {
            return;
        }

        ref byte column = ref _bits[((y >> 3) * Width) + x];
        column = (byte)(lit ? column | (1 << (y & 7)) : column & ~(1 << (y & 7)));
    }

    /// <summary>Lights a rectangle, or darkens it.</summary>
    public void Fill(int x, int y, int width, int height, bool lit = true)
    {
        for (int row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            for (int column = Math.Max(0, x); column < Math.Min(Width, x + width); column++)
            {
                Set(column, row, lit);
            }
        }
    }

    /// <summary>Draws the edge of a rectangle, one pixel wide.</summary>
    public void Frame(int x, int y, int width, int height)
    {
        Fill(x, y, width, 1);
        Fill(x, y + height - 1, width, 1);
        Fill(x, y, 1, height);
        Fill(x + width - 1, y, 1, height);
    }

    /// <summary>Turns lit to dark and dark to lit in a rectangle.</summary>
    public void Invert(int x, int y, int width, int height)
    {
        for (int row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            for (int column = Math.Max(0, x); column < Math.Min(Width, x + width); column++)
            {
                Set(column, row, !this[column, row]);
            }
        }
    }

    /// <summary>Adds the lit pixels of another picture.</summary>
    /// <param name="source">The other one.</param>
    /// <param name="x">Where its left edge comes, from 0.</param>
    /// <param name="y">Where its top comes, from 0.</param>
    public void Blit(Canvas source, int x, int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        int columns = Math.Min(source.Width, Width - x);
        for (int page = 0; page < source.Height / 8; page++)
        {
            int target = page + (y / 8);
            for (int column = 0; column < columns && target < Height / 8; column++)
            {
                int bits = source._bits[(page * source.Width) + column] << (y % 8);
                _bits[(target * Width) + x + column] |= (byte)bits;
                if (bits > 0xFF && target + 1 < Height / 8)
                {
                    _bits[((target + 1) * Width) + x + column] |= (byte)(bits >> 8);
                }
            }
        }
    }

    /// <summary>Darkens everything.</summary>
    public void Clear() => _bits.AsSpan().Clear();

    /// <summary>Takes the pixels of bits that are laid out as <see cref="Bits"/>.</summary>
    /// <exception cref="ArgumentException">There are too few or too many.</exception>
    public static Canvas FromBits(int width, int height, ReadOnlySpan<byte> bits)
    {
        var canvas = new Canvas(width, height);
        if (bits.Length != canvas._bits.Length)
        {
            throw new ArgumentException($"{width}x{height} pixels are {canvas._bits.Length} bytes, not {bits.Length}.", nameof(bits));
        }

        bits.CopyTo(canvas._bits);
        return canvas;
    }
}
