using System.Text;

namespace Bramble.Configuration;

/// <summary>Prints the reference page of the configuration from <see cref="ConfigSchema"/>.</summary>
internal static class ConfigReference
{
    /// <summary>The page, in Markdown.</summary>
    public static string Page()
    {
        var page = new StringBuilder();
        page.Append("# Configuration\n\n");
        page.Append("`/etc/bramble/bramble.conf`, an INI file. No key needs to be set. `bramble config default` prints the file with every\n");
        page.Append("key and its default, `bramble config check` looks for mistakes and names the line and the fix of each. A changed file\n");
        page.Append("takes effect when it is saved; a file with a mistake changes nothing, and the log (`journalctl -u bramble`) names it.\n\n");
        page.Append("This page is printed from the program's own table (`bramble config reference`).\n");
        foreach ((string section, string help) in ConfigSchema.Sections)
        {
            page.Append("\n## [").Append(section).Append("]\n\n").Append(help).Append("\n\n| key | default | meaning |\n|---|---|---|\n");
            foreach (ConfigKey key in ConfigSchema.Keys.Where(k => k.Section == section))
            {
                page.Append("| `").Append(key.Name).Append("` | ");
                page.Append(key.Default.Length > 0 ? $"`{key.Default}`" : "");
                page.Append(" | ").Append(key.Help.Replace('\n', ' ')).Append(" |\n");
            }
        }

        return page.ToString();
    }
}
