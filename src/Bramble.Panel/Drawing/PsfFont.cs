using System.Buffers.Binary;
using System.Text;

namespace Bramble.Panel.Drawing;

/// <summary>
/// A bitmap font in the format of the Linux console, PC Screen Font version 1 or 2, with its Unicode table
/// (<c>psfgettable(1)</c>, and the kernel's <c>Documentation/admin-guide/unicode.rst</c>).
/// </summary>
internal sealed class PsfFont
{
    private const ushort Magic1 = 0x0436;
    private const uint Magic2 = 0x864AB572;
    private const int Mode512 = 1;
    private const int ModeHasTable = 2;
    private const ushort Separator1 = 0xFFFF;
    private const ushort Sequence1 = 0xFFFE;
    private const byte Separator2 = 0xFF;
    private const byte Sequence2 = 0xFE;

    private readonly byte[] _glyphs;
    private readonly int _glyphLength;
    private readonly Dictionary<int, int> _table;

    private PsfFont(byte[] glyphs, int glyphLength, int width, int height, Dictionary<int, int> table)
    {
        (_glyphs, _glyphLength, Width, Height, _table) = (glyphs, glyphLength, width, height, table);
    }

    /// <summary>Pixels from one character to the next.</summary>
    public int Width { get; }

    /// <summary>Pixels of a character's cell from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Reads a font, not compressed.</summary>
    /// <exception cref="InvalidDataException">It is no such font, or is cut short; the message says what is wrong.</exception>
    public static PsfFont Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(data) == Magic1)
        {
            int count = (data[2] & Mode512) != 0 ? 512 : 256;
            return Parse(data[4..], count, data[3], 8, data[3], (data[2] & ModeHasTable) != 0, ReadTable1);
        }

        if (data.Length >= 32 && BinaryPrimitives.ReadUInt32LittleEndian(data) == Magic2)
        {
            uint header = Field(data, 2), flags = Field(data, 3), count = Field(data, 4), length = Field(data, 5), height = Field(data, 6), width = Field(data, 7);
            if (header > data.Length || count is 0 or > 65536 || height is 0 or > 64 || width is 0 or > 64 || length != height * ((width + 7) / 8))
            {
                throw new InvalidDataException("The header of the PSF2 font contradicts itself.");
            }

            return Parse(data[(int)header..], (int)count, (int)length, (int)width, (int)height, (flags & 1) != 0, ReadTable2);
        }

        throw new InvalidDataException("This is no PSF font: its first bytes are of neither version.");
    }

    /// <summary>Whether the font has a picture of its own for a character.</summary>
    public bool Has(Rune character) => _table.ContainsKey(character.Value);

    /// <summary>Number of the picture for a character: its own, else that of the letter without its accent, else the question mark's.</summary>
    public int GlyphOf(Rune character)
    {
        if (_table.TryGetValue(character.Value, out int glyph))
        {
            return glyph;
        }

        return Decomposition.Of(character) is { } like && _table.TryGetValue(like.Value, out glyph) ? glyph : _table.GetValueOrDefault('?');
    }

    /// <summary>Whether a pixel of a picture is lit.</summary>
    public bool IsLit(int glyph, int x, int y) =>
        (_glyphs[(glyph * _glyphLength) + (y * ((Width + 7) / 8)) + (x >> 3)] >> (7 - (x & 7)) & 1) != 0;

    private static PsfFont Parse(ReadOnlySpan<byte> data, int count, int length, int width, int height, bool hasTable, TableReader reader)
    {
        if (height == 0 || data.Length < count * length)
        {
            throw new InvalidDataException("The PSF font is cut short.");
        }

        Dictionary<int, int> table = [];
        if (hasTable)
        {
            reader(data[(count * length)..], count, table);
        }
        else
        {
            for (int i = 0; i < Math.Min(count, 128); i++)
            {
                table[i] = i;
            }
        }

        return new PsfFont(data[..(count * length)].ToArray(), length, width, height, table);
    }

    /// <summary>Version 1: 16-bit units, 0xFFFF ends a picture's list; after 0xFFFE come sequences, which have no single character.</summary>
    private static void ReadTable1(ReadOnlySpan<byte> data, int count, Dictionary<int, int> table)
    {
        bool sequence = false;
        for (int glyph = 0; glyph < count && data.Length >= 2; data = data[2..])
        {
            ushort unit = BinaryPrimitives.ReadUInt16LittleEndian(data);
            if (unit == Separator1)
            {
                glyph++;
                sequence = false;
            }
            else if (unit == Sequence1)
            {
                sequence = true;
            }
            else if (!sequence)
            {
                table.TryAdd(unit, glyph);
            }
        }
    }

    /// <summary>Version 2: UTF-8, 0xFF ends a picture's list, 0xFE begins a sequence.</summary>
    private static void ReadTable2(ReadOnlySpan<byte> data, int count, Dictionary<int, int> table)
    {
        bool sequence = false;
        for (int glyph = 0; glyph < count && data.Length > 0;)
        {
            if (data[0] is Separator2 or Sequence2)
            {
                glyph += data[0] == Separator2 ? 1 : 0;
                sequence = data[0] == Sequence2;
                data = data[1..];
                continue;
            }

            bool good = Rune.DecodeFromUtf8(data, out Rune character, out int used) == System.Buffers.OperationStatus.Done;
            if (good && !sequence)
            {
                table.TryAdd(character.Value, glyph);
            }

            data = data[Math.Max(1, used)..];
        }
    }

    private static uint Field(ReadOnlySpan<byte> data, int index) => BinaryPrimitives.ReadUInt32LittleEndian(data[(index * 4)..]);

    private delegate void TableReader(ReadOnlySpan<byte> data, int count, Dictionary<int, int> table);
}
