using System.Text;

namespace Bramble.Storage.Exports;

/// <summary>exports(5) as text, and the table that exportfs(8) keeps.</summary>
internal static class ExportsText
{
    /// <summary>The drop-in for these exports.</summary>
    internal static string Write(IEnumerable<NfsExport> exports)
    {
        StringBuilder text = new("# Written by Bramble: every change is lost. The root of each client, open to its own address alone.\n");
        foreach (NfsExport export in exports.OrderBy(static one => one.Path, StringComparer.Ordinal))
            text.Append(export.Path).Append(' ').Append(export.Address).Append("(rw,sync,no_subtree_check,no_root_squash,fsid=").Append(export.Id.ToString("D")).Append(")\n");
        return text.ToString();
    }

    /// <summary>Whether etab lists a folder for an address. Lines are <c>PATH TAB CLIENT(OPTIONS)</c> with octal escapes in the path.</summary>
    internal static bool IsListed(string table, string path, string address)
    {
        foreach (string line in table.Split('\n'))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0 && line.AsSpan(0, tab).SequenceEqual(path) && line.AsSpan(tab + 1).StartsWith(address + "("))
                return true;
        }

        return false;
    }
}
