using Bramble.Fleet.Metrics;
using Bramble.Fleet.Status;

namespace Bramble.Fleet;

/// <content>What is counted.</content>
public sealed partial class FleetService
{
    private readonly FleetMetrics _metrics = new();

    /// <summary>Metrics in Prometheus' text format (version 0.0.4).</summary>
    /// <param name="status">The fleet, with what others add to it.</param>
    /// <param name="leases">Held leases; null where there is no DHCP server.</param>
    /// <param name="dataFolder">Folder of images and roots, whose free space is told.</param>
    public string GetMetrics(FleetStatus status, int? leases, string dataFolder)
    {
        var text = new PrometheusText();
        StatusMetrics.Write(text, status);
        _metrics.Write(text);
        if (leases is { } held)
        {
            text.Single("bramble_dhcp_leases", "gauge", "Leases that are held.", held);
        }

        try
        {
            var drive = new DriveInfo(dataFolder);
            text.Single("bramble_storage_size_bytes", "gauge", "Size of the file system with images and roots.", drive.TotalSize);
            text.Single("bramble_storage_free_bytes", "gauge", "Free space of it.", drive.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No data folder yet: nothing to tell.
        }

        return text.ToString();
    }
}
