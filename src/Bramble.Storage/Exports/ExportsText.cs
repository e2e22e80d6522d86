using System.Text;

namespace Bramble.Storage.Exports;

/// <summary>exports(5) as text, and the table that exportfs(8) keeps.</summary>
internal static class ExportsText
{
    /// <summary>The drop-in for these exports.</summary>
    internal static string Write(IEnumerable<NfsExport> exports)
    {
        StringBuilder text = new("# Written by Bramble: every change is lost. The root of each client, open to its own address alone.\n");
        foreach (NfsExport export in exports.OrderBy(static one => one.Path, StringComparer.Ordinal).ThenBy(static one => one.Address, StringComparer.Ordinal))
            text.Append(export.Path).Append(' ').Append(export.Address).Append(export.IsReadOnly ? "(ro," : "(rw,").Append("sync,no_subtree_check,no_root_squash,fsid=").Append(export.Id.ToString("D")).Append(")\n");
        return text.ToString();
    }

    /// <summary>Whether etab lists a folder for an address.</summary>
    internal static bool IsListed(string table, string path, string address) => List(table).Contains((path, address));

    /// <summary>
    /// What etab lists. Lines are <c>PATH TAB CLIENT(OPTIONS)</c>, with octal escapes in the path, which no path of ours needs. Lines that are not
    /// understood are passed over.
    /// </summary>
    internal static IEnumerable<(string Path, string Address)> List(string table)
    {
        foreach (string line in table.Split('\n'))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            int open = line.IndexOf('(', Math.Max(tab, 0));
            if (tab > 0 && open > tab)
                yield return (line[..tab], line[(tab + 1)..open]);
        }
    }
}
