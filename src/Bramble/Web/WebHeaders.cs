using System.Net;

namespace Bramble.Web;

/// <summary>What every answer says to the browser, and whom the page answers at all. Pure.</summary>
internal static class WebHeaders
{
    /// <summary>Headers of every answer: nothing from elsewhere is loaded, nothing may frame or read it, nothing is kept.</summary>
    public static IReadOnlyList<(string Name, string Value)> All { get; } =
    [
        ("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ];

    // Names that no public server answers for.
    private static readonly string[] s_localEnds = [".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain"];

    /// <summary>
    /// True for an address or a name of the local network. A page of the internet that has its own name point here (DNS rebinding) would
    /// otherwise read the fleet through its visitor's browser.
    /// </summary>
    /// <param name="host">The Host header's name, without the port.</param>
    /// <param name="domain">This machine's own domain name; empty for none.</param>
    public static bool IsLocalName(string host, string domain)
    {
        string name = host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return name.Length > 0 && (IPAddress.TryParse(name, out _) || !name.Contains('.', StringComparison.Ordinal)
            || Array.Exists(s_localEnds, end => name.EndsWith(end, StringComparison.Ordinal))
            || (domain.Length > 0 && name.EndsWith("." + domain.ToLowerInvariant(), StringComparison.Ordinal)));
    }
}
