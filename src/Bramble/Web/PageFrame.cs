using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Web;

/// <summary>What all pages have around them. Pure.</summary>
internal static class PageFrame
{
    /// <summary>A whole page.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="live">True for one that is told of changes.</param>
    /// <param name="main">Its content.</param>
    public static string Write(string title, bool live, string main) => new Html().Add($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/page.css">

        """)
        .Add(live ? "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n<script src=\"/page.js\" defer></script>\n" : "")
        .Add("</head>\n<body>\n<main>\n").Add(main).Add("</main>\n</body>\n</html>\n").ToString();

    /// <summary>The top line of a page.</summary>
    public static void Top(Html html, FleetStatus fleet, string? below)
    {
        string mode = fleet.Server.Mode == "server" ? "gives the addresses" : "beside another DHCP server";
        html.Add($"""<header><a class="mark" href="/" aria-label="The fleet"><svg viewBox="0 0 24 24" aria-hidden="true"><use href="/icon.svg#berry"/></svg></a><div><h1><a href="/">{fleet.Server.Name}</a></h1><p>{fleet.Server.Address} · {mode}{(below is null ? "" : " · " + below)}</p></div><span class="live" hidden>live</span></header>""").Add("\n");
    }

    /// <summary>A fault with what was seen, why, and what to do.</summary>
    public static void Fault(Html html, string who, string? link, Fault fault)
    {
        html.Add("""<article class="fault"><h2>""");
        if (link is null)
        {
            html.Add($"{who}");
        }
        else
        {
            html.Add($"""<a href="{link}">{who}</a>""");
        }

        html.Add($"""<span>{fault.Title}</span><a class="code" href="/fault/{fault.Code}">{fault.Code}</a></h2><p>{fault.Seen}</p><dl><dt>Likely cause</dt><dd>{fault.Cause}</dd><dt>What to do</dt><dd>{fault.Fix}</dd></dl></article>""").Add("\n");
    }
}
