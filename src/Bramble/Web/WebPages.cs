using System.Text;
using System.Text.Json;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Bramble.Panel;
using Bramble.Panel.Drawing;

namespace Bramble.Web;

/// <summary>From a path to an answer. No sockets: the fleet comes from the source, everything else from here.</summary>
/// <param name="source">The fleet.</param>
internal sealed class WebPages(IFleetSource source)
{
    private const string BootPrefix = "/boot/";
    private const string FaultPrefix = "/fault/";
    private const int PanelScale = 4;

    private static readonly WebReply s_missing = Page(404, "Not there", live: false, "<section class=\"story\"><h2>Not there</h2><p class=\"headline\"><a href=\"/\">Back to the fleet</a></p></section>\n");

    /// <summary>Answers a GET.</summary>
    /// <param name="path">The decoded path.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<WebReply> GetAsync(string path, CancellationToken cancellation)
    {
        switch (path)
        {
            case "/page.css":
                return Asset("page.css", "text/css; charset=utf-8");
            case "/page.js":
                return Asset("page.js", "text/javascript; charset=utf-8");
            case "/icon.svg":
                return Asset("icon.svg", "image/svg+xml");
            case "/panel.png":
                PanelSnapshot panel = await source.PanelAsync(cancellation);
                return new WebReply(200, "image/png", PngImage.Encode(Canvas.FromBits(panel.Width, panel.Height, panel.Bits), PanelScale));
            case "/metrics":
                return new WebReply(200, WebReply.Metrics, Encoding.UTF8.GetBytes(await source.MetricsAsync(cancellation)));
            case "/status.json":
                return new WebReply(200, "application/json", Encoding.UTF8.GetBytes(await source.StatusJsonAsync(cancellation)));
            default:
                return await MainAsync(path, cancellation) is { } page ? Page(200, page.Title, page.Live, page.Main) : s_missing;
        }
    }

    /// <summary>The content of a page without its frame, for one that is shown already; null if there is no such page.</summary>
    public async Task<(string Title, bool Live, string Main)?> MainAsync(string path, CancellationToken cancellation)
    {
        if (path != "/" && !path.StartsWith(BootPrefix, StringComparison.Ordinal) && !path.StartsWith(FaultPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        FleetStatus fleet = JsonSerializer.Deserialize(await source.StatusJsonAsync(cancellation), FleetJson.Default.FleetStatus)!;
        if (path == "/")
        {
            return ($"{fleet.Server.Name}: {fleet.Counts.Up} up{(fleet.Counts.Stuck > 0 ? $", {fleet.Counts.Stuck} stuck" : "")}", true, FleetPage.Write(fleet));
        }

        if (path.StartsWith(FaultPrefix, StringComparison.Ordinal))
        {
            return FaultCatalogue.Find(path[FaultPrefix.Length..]) is { } entry ? ($"{entry.Code} {entry.Title}", false, FaultPage.Write(fleet, entry)) : null;
        }

        string name = path[BootPrefix.Length..];
        if (StoryMaker.Tell(fleet, name, []) is null)
        {
            return null;
        }

        BootFileStatus[] files = JsonSerializer.Deserialize(await source.FilesJsonAsync(name, cancellation), FleetJson.Default.BootFileStatusArray) ?? [];
        BootLogStatus[] log = JsonSerializer.Deserialize(await source.LogJsonAsync(name, cancellation), FleetJson.Default.BootLogStatusArray) ?? [];
        return StoryMaker.Tell(fleet, name, files, log) is { } story ? ($"{story.Name} · {fleet.Server.Name}", true, BootPage.Write(fleet, story)) : null;
    }

    /// <summary>The page that says that the boot server does not answer.</summary>
    public static WebReply NoServer(string reason) => Page(
        503, "Bramble", live: false,
        new Html().Add($"""<section class="story"><h2>The boot server does not answer</h2><p class="headline">{reason}</p><p>On this machine: <code>systemctl status bramble</code></p></section>""").Add("\n").ToString());

    private static WebReply Page(int status, string title, bool live, string main) => new(status, WebReply.Html, Encoding.UTF8.GetBytes(PageFrame.Write(title, live, main)));

    private static WebReply Asset(string name, string type)
    {
        using Stream stream = typeof(WebPages).Assembly.GetManifestResourceStream("web/" + name) ?? throw new InvalidOperationException($"{name} is not in the binary.");
        byte[] octets = new byte[stream.Length];
        stream.ReadExactly(octets);
        return new WebReply(200, type, octets);
    }
}
