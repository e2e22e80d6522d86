using System.Globalization;

namespace Bramble.Appliance.Upgrade;

/// <summary>
/// What an upgrade holds: a small text that is signed, and that names every other file of it with its length and SHA-256. Pure.
/// </summary>
/// <param name="Version">Version of the system.</param>
/// <param name="Architecture">Debian's name of the processor: amd64, arm64.</param>
/// <param name="Parts">The other files, in their order.</param>
internal sealed record UpgradeManifest(string Version, string Architecture, IReadOnlyList<UpgradePart> Parts)
{
    /// <summary>The manifest's name in the archive; its signature has <c>.minisig</c> behind it.</summary>
    public const string FileName = "manifest";

    /// <summary>Bytes that a manifest, a signature or a text may have.</summary>
    public const int LongestText = 256 * 1024;

    private const string FirstLine = "bramble-upgrade 1";

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="reason">What is wrong with it, if null is returned.</param>
    public static UpgradeManifest? TryParse(string text, out string reason)
    {
        string[] lines = text.Split('\n');
        if (lines.Length < 4 || lines[0] != FirstLine)
        {
            reason = "it is of a kind that this version does not know";
            return null;
        }

        if (!TryField(lines[1], "version ", out string version) || !TryField(lines[2], "architecture ", out string architecture) || lines[^1].Length > 0)
        {
            reason = "its head or its end is not right";
            return null;
        }

        var parts = new List<UpgradePart>();
        foreach (string line in lines[3..^1])
        {
            string[] words = line.Split(' ');
            if (words.Length != 3 || !IsSha256(words[0]) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long length) || !IsName(words[2]))
            {
                reason = $"its line '{line}' is not right";
                return null;
            }

            parts.Add(new UpgradePart(words[2], length, words[0]));
        }

        if (parts.DistinctBy(static p => p.Name).Count() != parts.Count || !parts.Exists(static p => p.Name == UpgradePart.System) || parts.Exists(static p => p.TextName is not null && p.Length > LongestText))
        {
            reason = "it has no system, or a part twice";
            return null;
        }

        reason = "";
        return new UpgradeManifest(version, architecture, parts);
    }

    // The version becomes a part of file names and of the boot loader's entry.
    private static bool TryField(string line, string name, out string value)
    {
        value = line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..] : "";
        return value.Length is > 0 and <= 64 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '~' or '+');
    }

    private static bool IsSha256(string word) => word.Length == 64 && word.All(char.IsAsciiHexDigitLower);

    // A file below one of the folders that a part may go to, and never above it.
    private static bool IsName(string name) =>
        name.Length <= 128
        && (name == UpgradePart.System || name.StartsWith("boot/", StringComparison.Ordinal) || name.StartsWith("text/", StringComparison.Ordinal))
        && name.Split('/').All(static part => part.Length > 0 && part[0] != '.' && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+'));
}
