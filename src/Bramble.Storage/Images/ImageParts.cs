using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Images;

/// <summary>The two partitions that matter.</summary>
/// <param name="Boot">FAT, read by the firmware.</param>
/// <param name="Root">ext4.</param>
/// <param name="RootUsedBytes">Bytes in use on the root filesystem by its own word.</param>
internal sealed record ImageParts(Partition Boot, Partition Root, long RootUsedBytes)
{
    /// <summary>Chooses them: the first FAT partition and the largest ext4 one.</summary>
    /// <exception cref="StorageException">One is missing, or reaches beyond its partition.</exception>
    internal static ImageParts Find(string path, IReadOnlyList<Partition> partitions, string shownName)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        byte[] buffer = new byte[FilesystemProbe.Length];
        List<string> found = [];
        Partition? boot = null;
        Partition? root = null;
        long used = 0;
        foreach (Partition partition in partitions)
        {
            int length = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, partition.Length)), partition.Offset);
            FilesystemProbe probe = FilesystemProbe.Of(buffer.AsSpan(0, length));
            found.Add($"{partition.Number}: {Name(probe.Kind)}, {DiskSpace.Text(partition.Length)}");
            if (probe.Kind is FilesystemKind.Fat or FilesystemKind.Ext && probe.Bytes > partition.Length)
                throw new StorageException($"{shownName}: the {Name(probe.Kind)} filesystem in partition {partition.Number} is larger than the partition. The image is damaged or truncated; download or copy it again.");
            if (probe.Kind == FilesystemKind.Fat)
                boot ??= partition;
            if (probe.Kind == FilesystemKind.Ext && (root is null || partition.Length > root.Length))
            {
                root = partition;
                used = probe.UsedBytes;
            }
        }

        string what = found.Count == 0 ? "no partition at all" : string.Join("; ", found);
        if (boot is null)
            throw new StorageException($"{shownName} has no FAT partition for the firmware's files. Found: {what}. An image for a Raspberry Pi has one FAT and one ext4 partition.");
        if (root is null)
            throw new StorageException($"{shownName} has no ext4 partition for the root filesystem. Found: {what}. An image for a Raspberry Pi has one FAT and one ext4 partition.");
        return new ImageParts(boot, root, used);
    }

    private static string Name(FilesystemKind kind) => kind switch
    {
        FilesystemKind.Fat => "FAT",
        FilesystemKind.Ext => "ext4",
        FilesystemKind.Btrfs => "btrfs",
        FilesystemKind.Squashfs => "SquashFS",
        FilesystemKind.Luks => "LUKS",
        _ => "unknown",
    };
}
