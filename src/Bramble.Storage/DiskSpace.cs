using System.Globalization;
using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>The data disk's free space, asked before and during long work.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="reserveBytes">Bytes that no operation ever uses.</param>
/// <param name="keptFree">Bytes that are kept free for the roots that are in use, see <see cref="DiskSpaceState"/>; null for the default.</param>
internal sealed class DiskSpace(string folder, long reserveBytes, long? keptFree)
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    /// <summary>Bytes that can still be used.</summary>
    internal long Free => Math.Max(0, new DriveInfo(folder).AvailableFreeSpace - reserveBytes);

    /// <summary>Refuses when the disk has less.</summary>
    internal void Require(long bytes, string purpose)
    {
        long available = new DriveInfo(folder).AvailableFreeSpace;
        if (available - reserveBytes < bytes)
            throw new StorageException($"Not enough space on the disk of {folder} {purpose}: {Text(bytes + reserveBytes)} must be free, {Text(available)} are. Remove images or clients, or use a larger disk.");
    }

    /// <summary>How full it is.</summary>
    internal DiskSpaceState Look() => DiskSpaceState.Read(folder, keptFree);

    /// <summary>Refuses what is new when the disk is nearly full, or would be: the roots that are in use need what is left.</summary>
    /// <param name="bytes">What it takes at least.</param>
    /// <param name="purpose">What for: "for the root of pi-1".</param>
    internal void RequireForNew(long bytes, string purpose)
    {
        DiskSpaceState disk = Look();
        if (disk.FreeBytes - bytes < disk.KeptFreeBytes)
            throw new StorageException($"The disk of {folder} is nearly full, and nothing new is made {purpose}: {Text(disk.FreeBytes)} of {Text(disk.TotalBytes)} are free, {Text(disk.KeptFreeBytes)} are kept for the roots that are in use{(bytes > 0 ? $", and this takes {Text(bytes)}" : "")}. Remove snapshots, images or clients, or use a larger disk.");
    }

    /// <summary>Whether an exception says that the disk is full.</summary>
    internal static bool IsFull(Exception e) => e is IOException { HResult: NoSpace or OverQuota };

    /// <summary>The same failure as <see cref="Require"/>, once the disk is full.</summary>
    internal StorageException Full(string purpose, Exception? inner = null)
    {
        string message = $"The disk of {folder} is full: no space {purpose}. Remove images or clients, or use a larger disk.";
        return inner is null ? new StorageException(message) : new StorageException(message, inner);
    }

    /// <summary>Bytes for people.</summary>
    internal static string Text(long bytes) => bytes < 10_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0} kB")
        : bytes < 10_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
