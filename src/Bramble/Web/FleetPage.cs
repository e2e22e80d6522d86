using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Web;

/// <summary>The fleet at a glance. Pure.</summary>
internal static class FleetPage
{
    // With more the page would say nothing any more; the rest is in the list below.
    private const int MostFaults = 12;

    private static readonly string[] s_order = ["stuck", "silent", "booting", "up", "idle"];

    /// <summary>The content of the page.</summary>
    public static string Write(FleetStatus fleet)
    {
        var html = new Html();
        PageFrame.Top(html, fleet, $"enrolment {fleet.Server.Enrolment}");
        FleetCounts counts = fleet.Counts;
        html.Add("""<ul class="counts">""");
        Count(html, "up", counts.Up, "up");
        Count(html, "booting", counts.Booting, "booting");
        Count(html, "stuck", counts.Stuck, "stuck");
        Count(html, "idle", counts.Idle, "idle");
        if (counts.Silent > 0)
        {
            Count(html, "silent", counts.Silent, "silent");
        }

        if (counts.NotApproved > 0)
        {
            Count(html, "new", counts.NotApproved, "not approved");
        }

        html.Add("</ul>\n");
        Faults(html, fleet);
        Clients(html, fleet);
        Strangers(html, fleet);
        Images(html, fleet);
        // The time has the browser fetch the picture anew.
        html.Add($"""<section><h2>Front panel</h2><img class="panel" src="/panel.png?{fleet.Time.ToUnixTimeSeconds()}" width="512" height="256" alt="What the front panel shows: {counts.Up} up, {counts.Booting} booting, {counts.Stuck} stuck"/></section>""").Add("\n");
        html.Add($"""<footer>As of {fleet.Time.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC · <a href="/metrics">metrics</a> · <a href="/status.json">JSON</a></footer>""").Add("\n");
        return html.ToString();
    }

    private static void Count(Html html, string kind, int count, string name) =>
        html.Add($"""<li class="{kind}{(count == 0 ? " none" : "")}"><b>{count}</b> {name}</li>""");

    private static void Faults(Html html, FleetStatus fleet)
    {
        List<(string Who, string? Link, Fault Fault)> all =
        [
            .. fleet.Faults.Select(static f => (FaultCatalogue.PlaceOf(f.Code), (string?)null, f)),
            .. fleet.Clients.Where(static c => c.Fault is not null).Select(static c => (c.Name, (string?)BootPage.LinkTo(c.Name), c.Fault!)),
            .. fleet.Unassigned.Where(static b => b.Fault is not null && b.Fault.Code != FaultCode.NotApproved).Select(static b => (b.Board, (string?)BootPage.LinkTo(b.Board), b.Fault!)),
        ];
        foreach ((string who, string? link, Fault fault) in all.Take(MostFaults))
        {
            PageFrame.Fault(html, who, link, fault);
        }

        if (all.Count > MostFaults)
        {
            html.Add($"""<p class="more">and {all.Count - MostFaults} more faults, in the list below</p>""").Add("\n");
        }
    }

    private static void Clients(Html html, FleetStatus fleet)
    {
        if (fleet.Clients.Count == 0)
        {
            html.Add(fleet.Images.Count == 0
                ? """<p class="empty">No image yet. On this machine: <code>sudo bramble image add FILE</code></p>"""
                : """<p class="empty">No Raspberry Pi has asked yet. Switch one on.</p>""").Add("\n");
            return;
        }

        html.Add("""<section><h2>Clients</h2><ul class="clients">""").Add("\n");
        foreach (ClientStatus client in fleet.Clients.OrderBy(static c => Array.IndexOf(s_order, c.State)).ThenBy(static c => c.Name, StringComparer.Ordinal))
        {
            html.Add($"""<li class="{client.State}"><a href="{BootPage.LinkTo(client.Name)}"><strong>{client.Name}</strong></a><span class="state">{client.State}</span>""");
            if (client.Boot is { } boot)
            {
                StagePicture.Marks(html, boot, client.State);
                html.Add($"""<span class="time">{Took(boot)}</span>""");
            }
            else
            {
                html.Add("""<span class="marks"></span><span class="time"></span>""");
            }

            html.Add($"""<span class="address">{client.Address}</span><span class="what">{Model(client.Model)}</span><span class="image">{client.Image} · {client.Root}</span>""");
            html.Add(client.Fault is { } fault ? $"""<a class="code" href="/fault/{fault.Code}">{fault.Code}</a>""" : "").Add("</li>\n");
        }

        html.Add("</ul></section>\n");
    }

    private static void Strangers(Html html, FleetStatus fleet)
    {
        if (fleet.Unassigned.Count == 0)
        {
            return;
        }

        html.Add("""<section><h2>Seen, not approved</h2><ul class="clients strangers">""").Add("\n");
        foreach (BoardStatus board in fleet.Unassigned)
        {
            html.Add($"""<li class="idle"><a href="{BootPage.LinkTo(board.Board)}"><strong>{board.Board}</strong></a><span class="what">{Model(board.Model)}</span><span class="address">{board.Mac}</span><code>bramble client approve {board.Board}</code></li>""").Add("\n");
        }

        html.Add("</ul></section>\n");
    }

    private static void Images(Html html, FleetStatus fleet)
    {
        IReadOnlyList<ImportStatus> imports = fleet.Imports ?? [];
        if (fleet.Images.Count == 0 && imports.Count == 0)
        {
            return;
        }

        html.Add("""<section><h2>Images</h2><ul class="images">""").Add("\n");
        foreach (ImportStatus import in imports.Where(static i => i.Ended is null || i.Failure is not null))
        {
            html.Add($"""<li><strong>{import.Name}</strong><span>{(import.Failure is null ? import.Step : "not imported: " + import.Failure)}</span>""");
            html.Add(import.Part is { } part && import.Ended is null ? $"""<progress max="1" value="{part:0.00}"></progress>""" : "<span></span>").Add("</li>\n");
        }

        foreach (ImageStatus image in fleet.Images)
        {
            html.Add($"""<li><strong>{image.Name}</strong><span>{image.Distribution}</span><span>{(image.SizeBytes < 1e8 ? $"{image.SizeBytes / 1e6:0} MB" : $"{image.SizeBytes / 1e9:0.0} GB")} · {image.Clients} {(image.Clients == 1 ? "client" : "clients")}</span></li>""").Add("\n");
        }

        html.Add("</ul></section>\n");
    }

    private static string Model(string? model) => model is null ? "" : "Pi " + model;

    private static string Took(BootStatus boot) => boot.Stages.TryGetValue(boot.Stage, out double seconds)
        ? seconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " s" : "";
}
