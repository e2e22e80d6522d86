using System.Text.Json;
using Bramble.Dhcp;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;

namespace Bramble.Fleet.Tests.Service;

public sealed class DhcpStatusTests
{
    [Fact]
    public async Task Counts_are_shown_by_name_and_only_those_that_happened()
    {
        var counters = new DhcpCountersSnapshot(
            7,
            5,
            new Dictionary<DhcpEventKind, long> { [DhcpEventKind.Discover] = 3, [DhcpEventKind.AddressInUse] = 1, [DhcpEventKind.Nak] = 0 },
            new Dictionary<DhcpDropReason, long> { [DhcpDropReason.PoolExhausted] = 2 });
        await using TestFleet fleet = await TestFleet.StartAsync();
        FleetStatus status = fleet.Fleet.GetStatus() with { Dhcp = DhcpStatus.Of(DhcpMode.Server, counters) };
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(status, FleetJson.Default.FleetStatus));
        Assert.Equal(
            """{"mode":"server","received":7,"sent":5,"messages":{"discover":3,"addressInUse":1},"dropped":{"poolExhausted":2}}""",
            json.RootElement.GetProperty("dhcp").GetRawText());
    }
}
