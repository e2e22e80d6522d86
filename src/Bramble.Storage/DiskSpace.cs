using System.Globalization;
using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>The data disk's free space, asked before and during long work.</summary>
internal sealed class DiskSpace(string folder, long reserveBytes)
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
