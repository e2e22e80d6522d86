using System.Text;
using Bramble.Configuration;

namespace Bramble.Appliance;

/// <summary>What follows from the files on the boot partition. Pure.</summary>
/// <param name="Config">The new content of <c>/etc/bramble/bramble.conf</c>; null to leave it as it is.</param>
/// <param name="Keys">SSH public keys that may log in.</param>
/// <param name="HostName">The machine's name; null for its default.</param>
/// <param name="Mistakes">What a person must mend, each with its fix; they are the content of <c>bramble-errors.txt</c>.</param>
internal sealed record BootImport(string? Config, IReadOnlyList<string> Keys, string? HostName, IReadOnlyList<string> Mistakes)
{
    /// <summary>Judges the files.</summary>
    /// <param name="files">What is on the boot partition.</param>
    /// <param name="imported">The <c>bramble.conf</c> that was taken over last; null for none. The same one again changes nothing, so that what was
    /// set on the machine itself since then holds.</param>
    /// <param name="present">The machine's own configuration; null for none yet.</param>
    public static BootImport Judge(BootFiles files, string? imported, string? present)
    {
        var mistakes = new List<string>();
        string? config = present is null ? ConfigSchema.DefaultFile() : null;
        BrambleConfig? valid = null;
        if (files.Config is { } text && text != imported)
        {
            (valid, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("bramble.conf", text);
            mistakes.AddRange(errors.Select(e => e.ToString()));
            config = valid is null ? config : Normalize(text);
        }

        valid ??= ConfigFile.Parse("bramble.conf", config ?? present!).Config;
        CloudInitUserData imager = CloudInitUserData.Read(files.UserData ?? "");
        (IReadOnlyList<string> keys, IReadOnlyList<string> noKeys) = AuthorizedKeys.Read("authorized_keys", files.Keys ?? "");
        mistakes.AddRange(noKeys);
        string? name = valid?.ServerName is { } given && IsHostName(given) ? given : imager.HostName is { } other && IsHostName(other) ? other : null;
        return new BootImport(config, [.. keys.Concat(imager.Keys).Distinct(StringComparer.Ordinal)], name, mistakes);
    }

    /// <summary>The content of <c>bramble-errors.txt</c>, with the line ends that every PC shows.</summary>
    public string ErrorsFile()
    {
        var text = new StringBuilder();
        text.Append("Bramble found mistakes in files on this partition. It goes on with what it had before.\r\n");
        text.Append("Mend them and start the box again; this file goes away by itself.\r\n\r\n");
        foreach (string mistake in Mistakes)
        {
            text.Append(mistake).Append("\r\n");
        }

        return text.ToString();
    }

    // One label of a host name (RFC 1123, section 2.1).
    private static bool IsHostName(string name) =>
        name.Length is > 0 and <= 63 && name[0] != '-' && name[^1] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string Normalize(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
}
