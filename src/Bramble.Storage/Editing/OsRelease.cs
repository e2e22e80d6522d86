namespace Bramble.Storage.Editing;

/// <summary>os-release(5) as text.</summary>
internal static class OsRelease
{
    private const int Limit = 100;

    /// <summary>PRETTY_NAME, or "unknown".</summary>
    internal static string PrettyName(string? text)
    {
        foreach (string line in (text ?? "").Split('\n'))
        {
            if (!line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
                continue;
            string value = line["PRETTY_NAME=".Length..].Trim().Trim('"', '\'');
            string clean = string.Concat(value.Where(c => !char.IsControl(c)).Take(Limit));
            return clean.Length > 0 ? clean : "unknown";
        }

        return "unknown";
    }
}
