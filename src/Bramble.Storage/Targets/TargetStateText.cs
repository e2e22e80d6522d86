using System.Globalization;

namespace Bramble.Storage.Targets;

/// <summary>Reads the output of <c>tgtadm --lld iscsi --mode target --op show</c>.</summary>
internal static class TargetStateText
{
    private const string BackingStore = "Backing store path: ";
    private const string Redirect = "RedirectAddress=";

    /// <summary>All targets; lines that are not understood are passed over.</summary>
    internal static IReadOnlyList<TargetState> Parse(string text)
    {
        List<TargetState> targets = [];
        string section = "";
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            int depth = raw.Length - raw.TrimStart().Length;
            if (line.Length == 0)
                continue;
            if (depth == 0)
            {
                section = "";
                string[] head = line.Split(' ', 3);
                if (head.Length == 3 && head[0] == "Target" && int.TryParse(head[1].TrimEnd(':'), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                    targets.Add(new TargetState(id, head[2]));
                continue;
            }

            if (targets.Count == 0)
                continue;
            if (depth <= 4 && line.EndsWith("information:", StringComparison.Ordinal))
            {
                section = line;
                continue;
            }

            TargetState target = targets[^1];
            switch (section)
            {
                case "I_T nexus information:":
                    target.IsInUse |= line.StartsWith("I_T nexus:", StringComparison.Ordinal);
                    break;
                case "LUN information:" when line.StartsWith(BackingStore, StringComparison.Ordinal) && line.Length > BackingStore.Length && line[BackingStore.Length] == '/':
                    target.Disks.Add(line[BackingStore.Length..]);
                    break;
                case "Account information:":
                    target.Accounts.Add(line.Split(' ')[0]);
                    break;
                case "ACL information:":
                    target.Rules.Add(line);
                    break;
            }
        }

        return targets;
    }

    /// <summary>
    /// Where a target sends whoever comes from another address, from the output of <c>tgtadm --lld iscsi --mode target --op show --tid ID</c>; empty if it
    /// sends nobody anywhere.
    /// </summary>
    internal static string ParseRedirect(string text) =>
        text.Split('\n').FirstOrDefault(static line => line.StartsWith(Redirect, StringComparison.Ordinal))?[Redirect.Length..].Trim() ?? "";
}
