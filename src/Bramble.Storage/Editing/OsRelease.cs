using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Storage.Editing;

/// <summary>os-release(5).</summary>
/// <param name="PrettyName">PRETTY_NAME, or "unknown".</param>
/// <param name="Id">ID; null if it is not told.</param>
/// <param name="Version">VERSION_ID; null if it is not told.</param>
internal sealed record OsRelease(string PrettyName, string? Id, string? Version)
{
    private const int Limit = 100;

    /// <summary>Reads it from a root tree.</summary>
    internal static OsRelease Read(ForeignTree root) =>
        Parse((root.ReadFile("etc/os-release") ?? root.ReadFile("usr/lib/os-release")) is { } bytes ? Encoding.UTF8.GetString(bytes) : "");

    /// <summary>Reads its text.</summary>
    internal static OsRelease Parse(string text) => new(Value(text, "PRETTY_NAME") ?? "unknown", Value(text, "ID"), Value(text, "VERSION_ID"));

    private static string? Value(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith(key + "=", StringComparison.Ordinal))
                continue;
            string value = line[(key.Length + 1)..].Trim().Trim('"', '\'');
            string clean = string.Concat(value.Where(static c => !char.IsControl(c)).Take(Limit));
            return clean.Length > 0 ? clean : null;
        }

        return null;
    }
}
