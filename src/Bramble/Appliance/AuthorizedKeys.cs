namespace Bramble.Appliance;

/// <summary>Reads a file of SSH public keys as people write it on any PC: <c>authorized_keys</c> of sshd(8), with CRLF and a byte order mark. Pure.</summary>
internal static class AuthorizedKeys
{
    private static readonly string[] s_kinds =
        ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];

    /// <summary>The lines that are keys, and what is wrong with the others.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    public static (IReadOnlyList<string> Keys, IReadOnlyList<string> Mistakes) Read(string file, string text)
    {
        var keys = new List<string>();
        var mistakes = new List<string>();
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            number++;
            string line = raw.Trim().ToString();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                return (keys, [.. mistakes, $"{file}:{number}: This is a private key, which belongs to nobody but you. Fix: put the file whose name ends in .pub here, delete this one, and make a new key pair."]);
            }

            if (IsKey(line))
            {
                keys.Add(line);
            }
            else
            {
                mistakes.Add($"{file}:{number}: This is no SSH public key. Fix: a key is one line that begins with a kind such as ssh-ed25519; copy the whole line of the file whose name ends in .pub.");
            }
        }

        return (keys, mistakes);
    }

    /// <summary>True for a line of sshd's authorized_keys: options or none, a kind, and a key of that kind.</summary>
    public static bool IsKey(string line)
    {
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int kind = Array.FindIndex(words, w => s_kinds.Contains(w, StringComparer.Ordinal));
        if (kind < 0 || kind + 1 >= words.Length)
        {
            return false;
        }

        // The key itself begins with its kind again: a length of 4 octets, then the name (RFC 4253, section 6.6).
        byte[] blob = new byte[words[kind + 1].Length];
        return Convert.TryFromBase64String(words[kind + 1], blob, out int length)
            && length > 4 + words[kind].Length
            && blob.AsSpan(4, words[kind].Length).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(words[kind]));
    }
}
