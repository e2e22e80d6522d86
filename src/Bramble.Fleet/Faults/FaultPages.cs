using System.Text;

namespace Bramble.Fleet.Faults;

/// <summary>Writes the pages of docs/faults and the index docs/reference/faults.md. Pure.</summary>
public static class FaultPages
{
    /// <summary>The page of one fault, in Markdown.</summary>
    public static string Page(FaultEntry entry)
    {
        var text = new StringBuilder();
        text.Append($"# {entry.Code} {entry.Title}\n\n## What the server sees\n\n{entry.Seen}\n");
        if (entry.NotThis is { } note)
        {
            text.Append($"\n{note}\n");
        }

        Numbered(text, "Likely causes, the likeliest first", entry.Causes);
        Numbered(text, "What to do", entry.Fixes);
        text.Append($"\n## Over when\n\n{entry.Over}\n");
        int[] rows = [.. FailureModes.All.Where(m => m.Codes.Contains(entry.Code)).Select(static m => m.Row)];
        text.Append(rows.Length == 0
            ? "\n[All faults](../reference/faults.md)\n"
            : $"\n[All faults](../reference/faults.md) · {(rows.Length == 1 ? "row" : "rows")} {string.Join(", ", rows)} of the [failure modes](../reference/pi-network-boot.md#failure-modes)\n");
        return text.ToString();
    }

    /// <summary>The index of all faults and of what can and cannot be seen, in Markdown.</summary>
    public static string Index()
    {
        var text = new StringBuilder("""
            # Faults

            A fault is a named reason for a boot that stands still, or for trouble that is on its way. `bramble status`, `bramble why`, the page and the log name it by its code; codes never
            change their meaning. A fault is over by itself as soon as its observation is: most often when the next boot gets past the stage. `bramble fault CODE` prints its page.

            This page and those it leads to are written by `bramble fault --pages docs`; a test compares them with the program.

            | code | fault |
            |---|---|

            """);
        foreach (FaultEntry entry in FaultCatalogue.All)
        {
            text.Append($"| [{entry.Code}](../faults/{entry.Code}.md) | {entry.Title} |\n");
        }

        text.Append("""

            ## What can be seen, and what not

            Every row of the [failure modes](pi-network-boot.md#failure-modes). *Told* is a fault with its code. *Prevented* does not happen with this server by what it does;
            codes beside it tell what may still come from elsewhere. *Not seen* leaves no trace where a server could find it; codes beside it tell the server's own part.

            | row | symptom | | code | from what |
            |---|---|---|---|---|

            """);
        foreach (FailureMode mode in FailureModes.All)
        {
            string verdict = mode.Verdict switch { FailureVerdict.Told => "told", FailureVerdict.Prevented => "prevented", _ => "not seen" };
            string codes = string.Join(", ", mode.Codes.Select(static c => $"[{c}](../faults/{c}.md)"));
            text.Append($"| {mode.Row} | {mode.Symptom} | {verdict} | {codes} | {mode.How} |\n");
        }

        return text.ToString();
    }

    private static void Numbered(StringBuilder text, string title, IReadOnlyList<string> lines)
    {
        text.Append($"\n## {title}\n\n");
        for (int i = 0; i < lines.Count; i++)
        {
            text.Append($"{i + 1}. {lines[i]}\n");
        }
    }
}
