using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Policy;

/// <summary>One step on the DHCP wire, for timeline and log.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Kind">What.</param>
/// <param name="Board">Who; for <see cref="DhcpEventKind.SecondServer"/>, and for <see cref="DhcpEventKind.OtherServer"/> without an address, that server.</param>
/// <param name="Stage">Which of its programs.</param>
/// <param name="Address">The address offered, acknowledged or asked for; 0.0.0.0 if none.</param>
/// <param name="Server">The other server for <see cref="DhcpEventKind.OtherServer"/> and <see cref="DhcpEventKind.SecondServer"/>, else this one.</param>
/// <param name="Xid">The transaction id.</param>
public readonly record struct DhcpEvent(
    DateTimeOffset Time,
    DhcpEventKind Kind,
    BoardIdentity Board,
    ClientStage Stage,
    Ipv4Address Address,
    Ipv4Address Server,
    uint Xid)
{
    /// <summary>The relay agent that a client's message came through (giaddr); 0.0.0.0 for none.</summary>
    public Ipv4Address Relay { get; init; }

    /// <summary>
    /// A fingerprint of the DUID in option 61 (RFC 4361), or of a whole identifier of another form; 0 for none, and for one that is only the
    /// Ethernet address. The same in every event of this process.
    /// </summary>
    public ulong Identity { get; init; }

    /// <summary>For <see cref="DhcpEventKind.BootOffer"/>: whom the other server offered something.</summary>
    public MacAddress Client { get; init; }

    /// <summary>The boot server that another server's offer names by option 66 or with a boot file name; 0.0.0.0 for none.</summary>
    public Ipv4Address BootServer { get; init; }

    /// <summary>The boot file that another server's offer names; null for none.</summary>
    public string? BootFile { get; init; }
}
