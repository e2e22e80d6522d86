using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Web;

/// <summary>The catalogue's words on one fault. Pure.</summary>
internal static class FaultPage
{
    /// <summary>The content of the page.</summary>
    public static string Write(FleetStatus fleet, FaultEntry entry)
    {
        var html = new Html();
        PageFrame.Top(html, fleet, null);
        html.Add($"""<section class="entry"><h2><span class="code">{entry.Code}</span> {entry.Title}</h2><h3>What the server sees</h3>""");
        Words(html, "p", entry.Seen);
        if (entry.NotThis is { } note)
        {
            Words(html, "p", note);
        }

        List(html, "Likely causes", entry.Causes);
        List(html, "What to do", entry.Fixes);
        html.Add("<h3>Over when</h3>");
        Words(html, "p", entry.Over);
        html.Add("</section>\n");
        return html.ToString();
    }

    private static void List(Html html, string title, IReadOnlyList<string> lines)
    {
        html.Add($"<h3>{title}</h3><ol>");
        foreach (string line in lines)
        {
            Words(html, "li", line);
        }

        html.Add("</ol>");
    }

    // The catalogue has commands in backticks.
    private static void Words(Html html, string element, string text)
    {
        html.Add($"<{element}>");
        string[] parts = text.Split('`');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1)
            {
                html.Add($"<code>{parts[i]}</code>");
            }
            else
            {
                html.Add($"{parts[i]}");
            }
        }

        html.Add($"</{element}>");
    }
}
