using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;

namespace Bramble.Dhcp.Serving;

/// <summary>The counts of a server at one moment.</summary>
/// <param name="Received">Packets received.</param>
/// <param name="Sent">Packets handed to the network.</param>
/// <param name="Events">Messages by kind.</param>
/// <param name="Drops">Drops by reason; reasons that never happened are absent.</param>
public sealed record DhcpCountersSnapshot(
    long Received,
    long Sent,
    IReadOnlyDictionary<DhcpEventKind, long> Events,
    IReadOnlyDictionary<DhcpDropReason, long> Drops);
