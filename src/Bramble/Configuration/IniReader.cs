namespace Bramble.Configuration;

/// <summary>
/// Reads INI text into entries that know their line, which the framework's INI provider does not keep.
/// <c>#</c> and <c>;</c> begin comments, CRLF and a byte order mark are accepted (the file may have been edited on any PC).
/// </summary>
internal static class IniReader
{
    /// <summary>Reads <paramref name="text"/>; mistakes go to <paramref name="errors"/>, the rest is read all the same.</summary>
    public static List<IniEntry> Read(string file, string text, List<ConfigError> errors)
    {
        var entries = new List<IniEntry>();
        var seen = new Dictionary<(string Section, string Key), int>();
        string section = "";
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim();
            if (line.IsEmpty || line[0] is '#' or ';')
            {
                continue;
            }

            if (line[0] == '[')
            {
                if (line[^1] != ']' || line.Length < 3)
                {
                    errors.Add(new ConfigError(file, number, $"'{line}' is no section header.", "write it as [name]."));
                    continue;
                }

                section = line[1..^1].Trim().ToString().ToLowerInvariant();
                continue;
            }

            int equals = line.IndexOf('=');
            if (equals <= 0)
            {
                errors.Add(new ConfigError(file, number, $"'{line}' is neither a section, a comment nor 'key = value'.", "write 'key = value', or put # before it."));
                continue;
            }

            string key = line[..equals].TrimEnd().ToString().ToLowerInvariant();
            string value = Unquote(line[(equals + 1)..].Trim()).ToString();
            if (section.Length == 0)
            {
                errors.Add(new ConfigError(file, number, $"'{key}' stands before any section.", "put a [section] line above it."));
                continue;
            }

            if (!seen.TryAdd((section, key), number))
            {
                errors.Add(new ConfigError(file, number, $"'{key}' is given twice in [{section}], first in line {seen[(section, key)]}.", "remove one of the two lines."));
                continue;
            }

            entries.Add(new IniEntry(section, key, value, number));
        }

        return entries;
    }

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> value) =>
        value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
}
