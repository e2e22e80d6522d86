using System.Text.Json;
using Bramble.Dhcp;
using Bramble.Dhcp.Serving;

namespace Bramble.Fleet.Status;

/// <summary>What the DHCP server has done since it was started.</summary>
/// <param name="Mode"><c>server</c>, <c>proxy</c>, or <c>auto</c> while it looks for other servers.</param>
/// <param name="Received">Packets received.</param>
/// <param name="Sent">Packets sent.</param>
/// <param name="Messages">Messages and sightings by kind, as in docs/reference/dhcp.md; those that never happened are absent.</param>
/// <param name="Dropped">Packets without an answer by reason, as in docs/reference/dhcp.md; reasons that never happened are absent.</param>
public sealed record DhcpStatus(
    string Mode, long Received, long Sent, IReadOnlyDictionary<string, long> Messages, IReadOnlyDictionary<string, long> Dropped)
{
    /// <summary>Makes one from the server's own words.</summary>
    public static DhcpStatus Of(DhcpMode mode, DhcpCountersSnapshot counters) => new(
        JsonNamingPolicy.CamelCase.ConvertName(mode.ToString()),
        counters.Received,
        counters.Sent,
        counters.Events.Where(static e => e.Value > 0).ToDictionary(static e => JsonNamingPolicy.CamelCase.ConvertName(e.Key.ToString()), static e => e.Value),
        counters.Drops.ToDictionary(static d => JsonNamingPolicy.CamelCase.ConvertName(d.Key.ToString()), static d => d.Value));
}
