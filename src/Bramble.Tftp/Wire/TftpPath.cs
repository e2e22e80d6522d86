using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Bramble.Tftp.Wire;

/// <summary>Folds the file name of a request into the one form that the rest of the server works with.</summary>
public static class TftpPath
{
    /// <summary>Longest name that is accepted, bytes.</summary>
    public const int MaxLength = 400;

    /// <summary>Longest segment that is accepted, bytes; no Linux filesystem holds a longer one.</summary>
    public const int MaxSegmentLength = 255;

    /// <summary>
    /// Drops leading slashes, doubled slashes (a Pi 5 asks for <c>serial//config.txt</c>) and <c>.</c> segments.
    /// </summary>
    /// <returns>False for a name with a <c>..</c> segment, a backslash, a NUL or other control character, bad UTF-8,
    /// a slash at the end, no characters, or too many.</returns>
    public static bool TryFold(ReadOnlySpan<byte> name, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (name.Length is 0 or > MaxLength)
        {
            return false;
        }

        Span<byte> folded = stackalloc byte[MaxLength];
        int length = 0;
        bool endsInName = false;
        while (!name.IsEmpty)
        {
            int slash = name.IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = slash < 0 ? name : name[..slash];
            name = slash < 0 ? default : name[(slash + 1)..];
            if (!IsAcceptable(segment))
            {
                return false;
            }

            endsInName = slash < 0;
            if (segment.IsEmpty || segment.SequenceEqual("."u8))
            {
                endsInName = false;
                continue;
            }

            if (length > 0)
            {
                folded[length++] = (byte)'/';
            }

            segment.CopyTo(folded[length..]);
            length += segment.Length;
        }

        return endsInName && TryDecode(folded[..length], out path);
    }

    /// <summary>A name for logs, whatever it holds: printable ASCII stays, the rest becomes question marks, long ones are cut.</summary>
    public static string ForLog(ReadOnlySpan<byte> name)
    {
        const int Longest = 80;
        Span<char> text = stackalloc char[Longest];
        int length = Math.Min(name.Length, Longest);
        for (int i = 0; i < length; i++)
        {
            text[i] = name[i] is >= 0x20 and < 0x7F ? (char)name[i] : '?';
        }

        return new string(text[..length]);
    }

    private static bool IsAcceptable(ReadOnlySpan<byte> segment)
    {
        return segment.Length <= MaxSegmentLength
            && !segment.SequenceEqual(".."u8)
            && !segment.ContainsAnyInRange((byte)0, (byte)0x1F)
            && !segment.ContainsAny((byte)'\\', (byte)0x7F);
    }

    private static bool TryDecode(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return false;
        }

        path = Encoding.UTF8.GetString(utf8);
        return true;
    }
}
