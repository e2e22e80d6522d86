using Bramble.Fleet.Status;
using Bramble.Fleet.Story;

namespace Bramble.Web;

/// <summary>The last boot of one client or board. Pure.</summary>
internal static class BootPage
{
    /// <summary>Where the page of a client or board is.</summary>
    public static string LinkTo(string name) => "/boot/" + Uri.EscapeDataString(name);

    /// <summary>The content of the page.</summary>
    public static string Write(FleetStatus fleet, BootStory story)
    {
        var html = new Html();
        PageFrame.Top(html, fleet, null);
        html.Add($"""<section class="story"><h2>{story.Name}</h2><p class="headline">{story.Headline}</p>""");
        foreach (string line in story.About)
        {
            html.Add($"<p>{line}</p>");
        }

        html.Add("</section>\n");
        if (story.Fault is { } fault)
        {
            PageFrame.Fault(html, story.Name, null, fault);
        }

        if (story.Boot is { } boot)
        {
            html.Add($"""<section><h2>Boot {boot.Number}</h2><p>begun {boot.Started.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC</p>""");
            StagePicture.Line(html, boot);
            html.Add("</section>\n");
        }

        Files(html, story.Files);
        Log(html, story.Log);
        return html.ToString();
    }

    private static void Files(Html html, IReadOnlyList<BootFileStatus> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        html.Add("""<section><h2>Files</h2><div class="scroll"><table><thead><tr><th>file</th><th>result</th><th class="n">size</th><th class="n wide">time</th><th class="n wide">rate</th><th class="n wide">sent again</th></tr></thead><tbody>""").Add("\n");
        foreach (BootFileStatus file in files)
        {
            html.Add($"""<tr class="{file.Result}"><td>{file.Path}</td><td>{Words(file.Result)}</td><td class="n">{(file.Length > 0 ? Size(file.Length) : "")}</td><td class="n wide">{(file.Seconds > 0 ? Number(file.Seconds, "0.00") + " s" : "")}</td><td class="n wide">{(file.BytesPerSecond > 0 ? Number(file.BytesPerSecond / 1e6, "0.0") + " MB/s" : "")}</td><td class="n wide">{(file.Retransmits > 0 ? Number(file.Retransmits, "0") : "")}</td></tr>""").Add("\n");
        }

        html.Add("</tbody></table></div></section>\n");
    }

    private static void Log(Html html, IReadOnlyList<BootLogStatus> log)
    {
        if (log.Count == 0)
        {
            return;
        }

        html.Add("""<section><h2>What its bootloader said</h2><pre class="scroll">""");
        foreach (BootLogStatus line in log)
        {
            html.Add($"{(line.Seconds is { } seconds ? Number(seconds, "0.00").PadLeft(8) + " s  " : "")}{line.Text}\n");
        }

        html.Add("</pre></section>\n");
    }

    private static string Words(string result) => result switch
    {
        "completed" => "sent",
        "probed" => "looked at",
        "notFound" => "not there",
        "unconfirmed" => "sent, not confirmed",
        "timedOut" => "board went silent",
        "aborted" => "board gave up",
        "started" => "being sent",
        _ => result,
    };

    private static string Size(long bytes) => bytes < 1000 ? Number(bytes, "0") + " B" : bytes < 100_000 ? Number(bytes / 1e3, "0.0") + " kB" : Number(bytes / 1e6, "0.0") + " MB";

    private static string Number(double value, string format) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
