using Bramble.Linux.Files;
using Bramble.Linux.Mounts;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Takes trees out of a disk image.</summary>
internal sealed class TreeCopy(DataDisk disk)
{
    /// <summary>
    /// Copies the FAT partition with mtools: a stranger's FAT never meets the kernel's parser, and no kernel module is needed. mtools writes
    /// names with "/" or ".." under harmless ones.
    /// </summary>
    internal async Task CopyFatAsync(string image, Partition partition, string target, string shownName, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        ProcessResult result = await ChildProcess.RunAsync(
            "env", ["MTOOLS_SKIP_CHECK=1", "MTOOLSRC=/dev/null", "mcopy", "-s", "-p", "-m", "-n", "-Q", "-i", $"{image}@@{partition.Offset}", "::", target], cancellation);
        disk.Check(result, $"to copy the boot tree of {shownName}", $"The boot partition of {shownName} cannot be read");

        // FAT has no owners: everybody may read what the firmware may fetch.
        ProcessResult modes = await ChildProcess.RunAsync("chmod", ["-R", "u=rwX,go=rX", "--", target], cancellation);
        disk.Check(modes, $"to copy the boot tree of {shownName}", $"The boot tree of {shownName} cannot be made readable");
    }

    /// <summary>Mounts the ext4 partition read-only, without its journal, set-user-id, devices and programs, and copies it with owners, modes, times, xattrs, hard links and devices.</summary>
    internal async Task CopyExtAsync(string image, ImageParts parts, string mountFolder, string target, string shownName, ProgressMeter progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(mountFolder);
        using LoopDevice loop = LoopDevice.Attach(image, parts.Root.Offset, parts.Root.Length, readOnly: true);
        using MountPoint mount = MountExt(loop, mountFolder, shownName);
        Directory.CreateDirectory(target);
        await disk.CopyAsync($"{mount.Folder}/.", target, $"to copy the root tree of {shownName}", progress, "Copying the root tree", parts.RootUsedBytes, cancellation);
        mount.Unmount();
        Directory.Delete(mountFolder);
        RemoveEmptyLostAndFound(target);
    }

    /// <summary>The folder that mkfs makes in every ext4 filesystem; a tree needs none.</summary>
    internal static void RemoveEmptyLostAndFound(string tree)
    {
        string lostAndFound = $"{tree}/lost+found";
        if (new FileInfo(lostAndFound).LinkTarget is null && Directory.Exists(lostAndFound) && !Directory.EnumerateFileSystemEntries(lostAndFound).Any())
            Directory.Delete(lostAndFound);
    }

    private static MountPoint MountExt(LoopDevice loop, string folder, string shownName)
    {
        try
        {
            // errors=: the superblock may ask for a kernel panic at the first fault.
            return MountPoint.Mount(loop.DevicePath, folder, "ext4", MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDevices | MountFlags.NoExecute, "noload,errors=remount-ro");
        }
        catch (SystemCallException e)
        {
            throw new StorageException($"The root partition of {shownName} cannot be mounted ({e.Message}). The image is damaged; download or copy it again.", e);
        }
    }
}
