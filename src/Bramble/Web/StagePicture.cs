using Bramble.Fleet.Status;

namespace Bramble.Web;

/// <summary>A boot as a picture: its stages as pieces of a bar, as long as they took. Pure.</summary>
internal static class StagePicture
{
    private static readonly string[] s_stages = ["discover", "offered", "bound", "firmware", "kernel", "root", "up"];
    private static readonly string[] s_after = ["asking", "offered", "address", "files", "kernel", "root", "up"];

    private const double Width = 700;

    /// <summary>One mark for each stage: how far it came.</summary>
    public static void Marks(Html html, BootStatus boot, string state)
    {
        int reached = Array.IndexOf(s_stages, boot.Stage);
        html.Add($"""<svg class="marks {state}" viewBox="0 0 68.4 8" preserveAspectRatio="none" role="img" aria-label="stage {reached + 1} of 7: {boot.Stage}">""");
        for (int i = 0; i < s_stages.Length; i++)
        {
            html.Add($"""<rect class="{(i < reached ? "done" : i == reached ? "here" : "todo")}" x="{i * 10}" y="0" width="8.4" height="8" rx="2"/>""");
        }

        html.Add("</svg>");
    }

    /// <summary>The stages of a boot on a line of time, with a table of the same for those who do not see it.</summary>
    public static void Line(Html html, BootStatus boot)
    {
        List<(int Index, double From, double To)> pieces = Pieces(boot);
        double end = pieces.Count == 0 ? 0 : pieces[^1].To;
        if (end > 0)
        {
            html.Add($"""<svg class="line" viewBox="0 0 {Width} 44" preserveAspectRatio="none" role="img" aria-label="boot {boot.Number}: {end:0.0} seconds, last stage {boot.Stage}">""");
            foreach ((int index, double from, double to) in pieces)
            {
                double x = from / end * Width;
                html.Add($"""<rect class="s{index}" x="{x:0.##}" y="4" width="{Math.Max(1.5, (to - from) / end * Width - 1.5):0.##}" height="36" rx="3"><title>{s_after[index]}: {from:0.0} to {to:0.0} s</title></rect>""");
            }

            html.Add("</svg>");
        }

        html.Add("""<ol class="stages">""");
        for (int i = 0; i < s_stages.Length; i++)
        {
            bool there = boot.Stages.TryGetValue(s_stages[i], out double seconds);
            html.Add($"""<li class="{(there ? "there" : "missing")}"><i class="s{i}"></i><span>{s_after[i]}</span> <b>{(there ? seconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " s" : "–")}</b></li>""");
        }

        html.Add("</ol>");
    }

    /// <summary>What took how long: each stage that was reached lasts until the next one that was.</summary>
    internal static List<(int Index, double From, double To)> Pieces(BootStatus boot)
    {
        var pieces = new List<(int, double, double)>();
        double now = boot.Stage == "up" ? 0 : boot.Stages.Values.DefaultIfEmpty().Max() + boot.SilentSeconds;
        for (int i = 0; i < s_stages.Length; i++)
        {
            if (!boot.Stages.TryGetValue(s_stages[i], out double from))
            {
                continue;
            }

            double to = s_stages.Skip(i + 1).Select(s => boot.Stages.TryGetValue(s, out double next) ? next : -1).FirstOrDefault(static t => t >= 0, Math.Max(from, Math.Min(now, from + 600)));
            if (s_stages[i] != "up")
            {
                pieces.Add((i, from, to));
            }
        }

        return pieces;
    }
}
