namespace Bramble.Storage.Contract;

/// <summary>What the data disk is used for.</summary>
/// <param name="Disk">How full it is.</param>
/// <param name="ThinDisks">The disks of images and clients, which take only what is written to them.</param>
public sealed record StorageUsage(DiskSpaceState Disk, IReadOnlyList<ThinDisk> ThinDisks)
{
    /// <summary>Bytes that the thin disks may still take.</summary>
    public long PromisedBytes => ThinDisks.Sum(static disk => Math.Max(0, disk.Bytes - disk.UsedBytes));
}
