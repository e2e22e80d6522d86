using System.Globalization;
using Bramble.Fleet.Faults;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Watch;

/// <summary>Whether the data disk is nearly full. Pure; it is over when a quarter more is free than must be, so that it does not come and go.</summary>
internal sealed class DiskWatch
{
    private DiskSpaceState? _disk;
    private DateTimeOffset? _since;

    /// <summary>The disk was looked at; null if that failed.</summary>
    public void Note(DiskSpaceState? disk, DateTimeOffset now)
    {
        _disk = disk;
        if (disk is null || disk.FreeBytes >= disk.KeptFreeBytes + (disk.KeptFreeBytes / 4))
        {
            _since = null;
        }
        else if (disk.IsNearlyFull)
        {
            _since ??= now;
        }
    }

    /// <summary>The fault; null for none.</summary>
    public Fault? Judge() => _disk is not { } disk || _since is not { } since ? null : Fault.Of(
        FaultCode.DataDiskFull,
        $"{Text(disk.FreeBytes)} of {Text(disk.TotalBytes)} are free on the disk of {disk.Folder}; {Text(disk.KeptFreeBytes)} are kept free for the roots that are in use.",
        "Images, snapshots and roots have grown.",
        "Remove snapshots, images and clients that are not needed ('bramble snapshot list', 'bramble image list'), or use a larger disk. Clients that run go on; new roots and images are refused.",
        since);

    private static string Text(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
