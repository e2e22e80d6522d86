using System.Buffers.Binary;
using System.Text;

namespace Bramble.Eeprom;

/// <summary>
/// The image of a bootloader EEPROM (<c>pieeprom.bin</c>): sections one after the other, each with a magic number and the length of its
/// content, big-endian, on a multiple of 8; the settings are the section that is a file named <c>bootconf.txt</c>. Pure.
/// </summary>
/// <remarks>Source: raspberrypi/rpi-eeprom, rpi-eeprom-config.</remarks>
internal static class EepromImage
{
    /// <summary>Longest settings, octets.</summary>
    public const int LongestSettings = 2024;

    private const int SmallSize = 512 << 10;
    private const int LargeSize = 2 << 20;
    private const uint Magic = 0x55aa_f00f;
    private const uint MagicMask = 0xffff_f00f;
    private const uint FileMagic = 0x55aa_f11f;
    private const uint PaddingMagic = 0x55aa_feef;
    private const int SectionHead = 8;

    // A file's name, and four octets that are not used.
    private const int FileHead = 16;

    private static ReadOnlySpan<byte> SettingsName => "bootconf.txt"u8;

    /// <summary>The settings of an image.</summary>
    /// <exception cref="FormatException">It is no image of a bootloader.</exception>
    public static string ReadSettings(ReadOnlySpan<byte> image)
    {
        (int at, int length, _) = Find(image);
        return Encoding.UTF8.GetString(image.Slice(at + SectionHead + FileHead, length - FileHead));
    }

    /// <summary>The image with other settings.</summary>
    /// <exception cref="FormatException">It is no image of a bootloader, or the settings do not fit.</exception>
    public static byte[] WithSettings(ReadOnlySpan<byte> image, string settings)
    {
        (int at, int length, int next) = Find(image);
        byte[] text = Encoding.UTF8.GetBytes(settings);
        int begin = at + SectionHead + FileHead;
        bool isLast = next < 0;
        int end = isLast ? Math.Max(begin + text.Length, at + SectionHead + length) : next;
        if (text.Length > LongestSettings || begin + text.Length > (isLast ? image.Length : next))
        {
            throw new FormatException($"The settings have {text.Length} bytes; {LongestSettings} fit.");
        }

        byte[] made = image.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(made.AsSpan(at + 4), (uint)(FileHead + text.Length));
        text.CopyTo(made.AsSpan(begin));
        made.AsSpan(begin + text.Length, end - begin - text.Length).Fill(0xff);
        int rest = (begin + text.Length + 7) & ~7;
        if (!isLast && next - rest >= SectionHead)
        {
            BinaryPrimitives.WriteUInt32BigEndian(made.AsSpan(rest), PaddingMagic);
            BinaryPrimitives.WriteUInt32BigEndian(made.AsSpan(rest + 4), (uint)(next - rest - SectionHead));
        }

        return made;
    }

    /// <summary>Where the settings' section begins, the length of its content, and where the next section begins that is no padding; -1 for none.</summary>
    private static (int At, int Length, int Next) Find(ReadOnlySpan<byte> image)
    {
        if (image.Length is not (SmallSize or LargeSize))
        {
            throw new FormatException($"A bootloader's image has {SmallSize} or {LargeSize} bytes, this one {image.Length}.");
        }

        (int at, int length) = (-1, 0);
        for (int offset = 0; offset + SectionHead <= image.Length;)
        {
            uint magic = BinaryPrimitives.ReadUInt32BigEndian(image[offset..]);
            uint size = BinaryPrimitives.ReadUInt32BigEndian(image[(offset + 4)..]);
            if ((magic & MagicMask) != Magic || size > image.Length - offset - SectionHead)
            {
                // Erased flash follows the last section.
                break;
            }

            if (at >= 0 && magic != PaddingMagic)
            {
                return (at, length, offset);
            }

            if (magic == FileMagic && size >= FileHead && image.Slice(offset + SectionHead, SettingsName.Length).SequenceEqual(SettingsName))
            {
                (at, length) = (offset, (int)size);
            }

            offset = (offset + SectionHead + (int)size + 7) & ~7;
        }

        return at >= 0 ? (at, length, -1) : throw new FormatException("There are no settings (bootconf.txt) in it: it is no image of a bootloader.");
    }
}
