namespace Bramble.Storage.Contract;

/// <summary>How full the data disk is.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="TotalBytes">Bytes that the disk has.</param>
/// <param name="FreeBytes">Bytes that are free.</param>
/// <param name="KeptFreeBytes">Bytes that are kept free for the roots that are in use: with less, nothing new is made.</param>
public sealed record DiskSpaceState(string Folder, long TotalBytes, long FreeBytes, long KeptFreeBytes)
{
    private const long MostKeptFree = 2L << 30;

    /// <summary>Nothing new is made.</summary>
    public bool IsNearlyFull => FreeBytes < KeptFreeBytes;

    /// <summary>Looks at a disk.</summary>
    /// <param name="folder">The data folder; must be there.</param>
    /// <param name="keptFree">Bytes that are kept free; null for a twentieth of the disk, at most 2 GiB.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static DiskSpaceState Read(string folder, long? keptFree)
    {
        DriveInfo disk = new(folder);
        long total = disk.TotalSize;
        return new DiskSpaceState(folder, total, disk.AvailableFreeSpace, keptFree ?? Math.Min(total / 20, MostKeptFree));
    }
}
