using System.Text;

namespace Bramble.Support;

/// <summary>
/// Takes secrets out of text: those that are known, word by word, and what looks like one. Names, addresses and serial numbers stay, for without
/// them nothing could be understood. Pure.
/// </summary>
/// <param name="secrets">Secrets that are known.</param>
internal sealed class Redactor(IEnumerable<string> secrets)
{
    private const string Mark = "(removed)";

    // Of a token 32 hex digits, of a digest 64; MAC addresses and serial numbers are shorter.
    private const int LongHex = 24;

    // What stands after one of these words on a line is nobody's business. "incominguser NAME SECRET" is tgt's.
    private static readonly string[] s_words = ["password", "passwd", "secret", "incominguser", "outgoinguser", "token", "private", "passphrase", "psk"];

    // SSH keys and certificates are base64 that begins so.
    private static readonly string[] s_keys = ["AAAA", "MII", "b3BlbnNzaC1rZXk"];

    private readonly string[] _secrets = [.. secrets.Where(static s => s.Length >= 6).Distinct(StringComparer.Ordinal).OrderByDescending(static s => s.Length)];

    /// <summary>The text without secrets.</summary>
    public string Clean(string text)
    {
        foreach (string secret in _secrets)
        {
            text = text.Replace(secret, Mark, StringComparison.OrdinalIgnoreCase);
        }

        var clean = new StringBuilder(text.Length);
        bool inKey = false;
        foreach (string line in text.Split('\n'))
        {
            inKey |= line.Contains("-----BEGIN", StringComparison.Ordinal) && line.Contains("PRIVATE", StringComparison.Ordinal);
            if (!inKey)
            {
                clean.Append(Line(line)).Append('\n');
            }
            else if (line.Contains("-----END", StringComparison.Ordinal))
            {
                clean.Append(Mark).Append('\n');
                inKey = false;
            }
        }

        return clean.ToString(0, Math.Max(0, clean.Length - 1));
    }

    private static string Line(string line)
    {
        foreach (string word in s_words)
        {
            int at = line.IndexOf(word, StringComparison.OrdinalIgnoreCase);
            // A word of a sentence ("no password is set") is not followed by a value.
            if (at >= 0 && line[(at + word.Length)..].TrimStart('"', '\'', ' ', '\t') is { Length: > 0 } rest && (rest[0] is '=' or ':' || word is "incominguser" or "outgoinguser"))
            {
                return string.Concat(line.AsSpan(0, at + word.Length), " ", Mark);
            }
        }

        var clean = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length;)
        {
            int end = i;
            while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '+' or '/' or '='))
            {
                end++;
            }

            string run = line[i..end];
            bool isHex = run.Length >= LongHex && !run.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF");
            clean.Append(isHex || (run.Length > 40 && Array.Exists(s_keys, k => run.StartsWith(k, StringComparison.Ordinal))) ? Mark : run);
            if (end < line.Length)
            {
                clean.Append(line[end]);
            }

            i = end + 1;
        }

        return clean.ToString();
    }
}
