using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Content;

/// <summary>Converts a file to netascii (RFC 1350 section 1, RFC 764): LF becomes CR LF, and a bare CR becomes CR NUL.</summary>
internal static class NetasciiContent
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    /// <summary>Converts in memory and gives the original back.</summary>
    /// <param name="content">The file; disposed of here.</param>
    /// <param name="maxBytes">Longest file that is converted.</param>
    public static TftpOpenResult Convert(ITftpContent content, int maxBytes)
    {
        using (content)
        {
            if (content.Length > maxBytes)
            {
                return new TftpOpenResult(null, TftpErrorCode.NotDefined, "The file is too large for netascii, use octet");
            }

            byte[] source = new byte[content.Length];
            return content.Read(0, source) == source.Length
                ? TftpOpenResult.Of(new MemoryContent(Convert(source)))
                : TftpOpenResult.Denied;
        }
    }

    internal static byte[] Convert(ReadOnlySpan<byte> source)
    {
        int extra = source.Count(Cr) + source.Count(Lf);
        byte[] converted = new byte[source.Length + extra];
        int at = 0;
        foreach (byte b in source)
        {
            if (b == Lf)
            {
                converted[at++] = Cr;
            }

            converted[at++] = b;
            if (b == Cr)
            {
                converted[at++] = 0;
            }
        }

        return converted;
    }
}
