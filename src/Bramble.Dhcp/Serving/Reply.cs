using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>One reply to send.</summary>
/// <param name="Interface">Index into the configured interfaces.</param>
/// <param name="Route">How.</param>
/// <param name="Address">Destination for <see cref="ReplyRoute.Unicast"/> and <see cref="ReplyRoute.LinkLayer"/>.</param>
/// <param name="Mac">Destination for <see cref="ReplyRoute.LinkLayer"/>.</param>
/// <param name="Port">UDP destination port.</param>
/// <param name="Delay">How long to wait before sending.</param>
/// <param name="NeedsDurability">True if it must not leave before the lease journal is on disk.</param>
/// <param name="Nudge">True if a broadcast frame must follow: a Pi 3 may keep a received frame until one comes.</param>
public readonly record struct Reply(
    int Interface,
    ReplyRoute Route,
    Ipv4Address Address,
    MacAddress Mac,
    int Port,
    TimeSpan Delay,
    bool NeedsDurability,
    bool Nudge)
{
    /// <summary>True if it goes out from <see cref="DhcpOptions.BootServerPort"/>.</summary>
    public bool FromBootServerPort { get; init; }
}
