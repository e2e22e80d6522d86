using System.Globalization;
using System.Text;

namespace Bramble.Appliance.Tests.Boards;

/// <summary>The names of the files in an initramfs: cpio archives ("newc"), one after the other, the last one packed by zstd.</summary>
internal static class Initramfs
{
    private const int HeaderLength = 110;

    /// <summary>All names.</summary>
    /// <exception cref="InvalidDataException">It is none, or breaks off.</exception>
    public static IReadOnlyList<string> Names(byte[] bytes)
    {
        var names = new List<string>();
        int packed = Read(bytes, names);
        if (packed < bytes.Length)
        {
            string file = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(file + ".zst", bytes[packed..]);
                Shell.Run("zstd", "-qdf", file + ".zst", "-o", file);
                byte[] rest = File.ReadAllBytes(file);
                if (Read(rest, names) < rest.Length)
                {
                    throw new InvalidDataException("Something other than cpio archives is packed in the initramfs.");
                }
            }
            finally
            {
                File.Delete(file);
                File.Delete(file + ".zst");
            }
        }

        return names;
    }

    /// <summary>Reads archives until something else begins; returns where.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, List<string> names)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] == 0)
            {
                at++;
                continue;
            }

            if (!bytes[at..].StartsWith("070701"u8))
            {
                return at;
            }

            if (bytes.Length - at < HeaderLength)
            {
                throw new InvalidDataException("The cpio archive breaks off.");
            }

            long length = Field(bytes[at..], 6), nameLength = Field(bytes[at..], 11);
            long content = Aligned(at + HeaderLength + nameLength), next = Aligned(content + length);
            if (nameLength == 0 || next > bytes.Length)
            {
                throw new InvalidDataException("The cpio archive breaks off.");
            }

            names.Add(Encoding.UTF8.GetString(bytes.Slice(at + HeaderLength, (int)nameLength - 1)));
            at = (int)next;
        }

        return at;
    }

    private static long Aligned(long at) => (at + 3) & ~3L;

    private static long Field(ReadOnlySpan<byte> header, int index) =>
        uint.TryParse(header.Slice(6 + (index * 8), 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value : throw new InvalidDataException("The cpio archive has a malformed header.");
}
