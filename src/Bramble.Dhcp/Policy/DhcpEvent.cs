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
    uint Xid);
