using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Fleet.Metrics;

/// <summary>What a status says, as metrics. Pure.</summary>
internal static class StatusMetrics
{
    /// <summary>Writes the gauges of the fleet and the counts of the DHCP server.</summary>
    public static void Write(PrometheusText text, FleetStatus fleet)
    {
        text.Family("bramble_info", "gauge", "The server; always 1.").Value("bramble_info", 1, ("name", fleet.Server.Name), ("mode", fleet.Server.Mode), ("enrolment", fleet.Server.Enrolment));
        text.Family("bramble_clients", "gauge", "Clients by state.")
            .Value("bramble_clients", fleet.Counts.Up, ("state", "up"))
            .Value("bramble_clients", fleet.Counts.Booting, ("state", "booting"))
            .Value("bramble_clients", fleet.Counts.Stuck, ("state", "stuck"))
            .Value("bramble_clients", fleet.Counts.Idle, ("state", "idle"))
            .Value("bramble_clients", fleet.Counts.Silent, ("state", "silent"));
        text.Single("bramble_boards_not_approved", "gauge", "Boards seen that have no client.", fleet.Counts.NotApproved);
        text.Family("bramble_roots", "gauge", "Roots of clients by state.");
        foreach (IGrouping<string, ClientStatus> state in fleet.Clients.GroupBy(static c => c.RootState).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            text.Value("bramble_roots", state.Count(), ("state", state.Key));
        }

        text.Family("bramble_image_bytes", "gauge", "Bytes of each image.");
        foreach (ImageStatus image in fleet.Images)
        {
            text.Value("bramble_image_bytes", image.SizeBytes, ("image", image.Name));
        }

        text.Family("bramble_faults", "gauge", "Faults that there are now, by code.");
        IEnumerable<Fault> faults = fleet.Faults.Concat(fleet.Clients.Select(static c => c.Fault).OfType<Fault>()).Concat(fleet.Unassigned.Select(static b => b.Fault).OfType<Fault>());
        foreach (IGrouping<string, Fault> code in faults.GroupBy(static f => f.Code).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            text.Value("bramble_faults", code.Count(), ("code", code.Key));
        }

        if (fleet.Dhcp is { } dhcp)
        {
            text.Single("bramble_dhcp_received_total", "counter", "DHCP packets received.", dhcp.Received);
            text.Single("bramble_dhcp_sent_total", "counter", "DHCP packets sent.", dhcp.Sent);
            Counts(text, "bramble_dhcp_messages_total", "DHCP messages and sightings by kind.", "kind", dhcp.Messages);
            Counts(text, "bramble_dhcp_dropped_total", "DHCP packets without an answer, by reason.", "reason", dhcp.Dropped);
        }
    }

    private static void Counts(PrometheusText text, string name, string help, string label, IReadOnlyDictionary<string, long> counts)
    {
        text.Family(name, "counter", help);
        foreach ((string key, long count) in counts.OrderBy(static c => c.Key, StringComparer.Ordinal))
        {
            text.Value(name, count, (label, key));
        }
    }
}
