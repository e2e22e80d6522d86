using Bramble.Linux.Btrfs;
using Bramble.Linux.Files;
using Bramble.Linux.Mounts;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Takes trees out of an image and copies, clones and removes them.</summary>
internal sealed class TreeCopy(Layout layout, DiskSpace space)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Copies the FAT partition with mtools: a stranger's FAT never meets the kernel's parser, and no kernel module is needed. mtools writes
    /// names with "/" or ".." under harmless ones.
    /// </summary>
    internal async Task CopyFatAsync(string image, Partition partition, string target, string shownName, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        ProcessResult result = await ChildProcess.RunAsync(
            "env", ["MTOOLS_SKIP_CHECK=1", "MTOOLSRC=/dev/null", "mcopy", "-s", "-p", "-m", "-n", "-Q", "-i", $"{image}@@{partition.Offset}", "::", target], cancellation).ConfigureAwait(false);
        Check(result, $"to copy the boot tree of {shownName}", $"The boot partition of {shownName} cannot be read");

        // FAT has no owners: everybody may read what the firmware may fetch.
        ProcessResult modes = await ChildProcess.RunAsync("chmod", ["-R", "u=rwX,go=rX", "--", target], cancellation).ConfigureAwait(false);
        Check(modes, $"to copy the boot tree of {shownName}", $"The boot tree of {shownName} cannot be made readable");
    }

    /// <summary>Mounts the ext4 partition read-only, without its journal, set-user-id, devices and programs, and copies it with owners, modes, times, xattrs, hard links and devices.</summary>
    internal async Task CopyExtAsync(string image, ImageParts parts, string mountFolder, string target, string shownName, ProgressMeter progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(mountFolder);
        using LoopDevice loop = LoopDevice.Attach(image, parts.Root.Offset, parts.Root.Length, readOnly: true);
        using MountPoint mount = MountExt(loop, mountFolder, shownName);
        MakeTree(target);
        await CopyAsync($"{mount.Folder}/.", target, $"to copy the root tree of {shownName}", cancellation, progress, "Copying the root tree", parts.RootUsedBytes).ConfigureAwait(false);
        mount.Unmount();
        Directory.Delete(mountFolder);
        string lostAndFound = $"{target}/lost+found";
        if (Directory.Exists(lostAndFound) && !Directory.EnumerateFileSystemEntries(lostAndFound).Any())
            Directory.Delete(lostAndFound);
    }

    /// <summary>Makes an empty tree: a subvolume where that is possible, so that a clone of it is a snapshot.</summary>
    internal void MakeTree(string path)
    {
        if (BtrfsSubvolume.IsBtrfs(layout.Data))
            BtrfsSubvolume.Create(path);
        else
            Directory.CreateDirectory(path);
    }

    /// <summary>Clones a tree: a snapshot of a subvolume, else a copy (with reflinks where the filesystem has them).</summary>
    internal async Task CloneTreeAsync(string source, string target, string purpose, CancellationToken cancellation)
    {
        if (BtrfsSubvolume.IsSubvolume(source))
        {
            BtrfsSubvolume.Snapshot(source, target);
            return;
        }

        Directory.CreateDirectory(target);
        await CopyAsync($"{source}/.", target, purpose, cancellation).ConfigureAwait(false);
    }

    /// <summary>Clones a file: shared blocks where the filesystem has reflinks, else a copy that keeps its holes.</summary>
    internal async Task CloneFileAsync(string source, string target, string purpose, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync("cp", ["--reflink=auto", "--sparse=always", "--", source, target], cancellation).ConfigureAwait(false);
        Check(result, purpose, $"{source} cannot be copied");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Removes a folder with all that is in it, subvolumes and what is mounted there included. Nothing outside is touched.</summary>
    internal static async Task DeleteAsync(string path)
    {
        if (!Path.Exists(path))
            return;
        MountPoint.DetachAllBelow(path);
        // Subvolumes first, and at the two depths where they are made: removing one takes no time, walking it does.
        if (Directory.Exists(path) && BtrfsSubvolume.IsBtrfs(path))
        {
            foreach (string folder in Directory.EnumerateDirectories(path, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, AttributesToSkip = FileAttributes.ReparsePoint }).ToList())
            {
                if (BtrfsSubvolume.IsSubvolume(folder))
                    BtrfsSubvolume.Delete(folder);
            }
        }

        ProcessResult result = await ChildProcess.RunAsync("rm", ["-rf", "--one-file-system", "--", path], CancellationToken.None).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new StorageException($"{path} cannot be removed: {result.Words}");
    }

    /// <summary>Throws for a program that failed.</summary>
    internal void Check(ProcessResult result, string purpose, string what)
    {
        if (result.Succeeded)
            return;
        if (result.Error.Contains("No space left on device", StringComparison.Ordinal) || result.Error.Contains("Could not allocate", StringComparison.Ordinal))
            throw space.Full(purpose);
        throw new StorageException($"{what}: {result.Words}");
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

    private async Task CopyAsync(string source, string target, string purpose, CancellationToken cancellation, ProgressMeter? progress = null, string step = "", long total = 0)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<StorageException?> watching = WatchAsync(purpose, progress, step, total, stop);
        ProcessResult result;
        try
        {
            result = await ChildProcess.RunAsync("cp", ["-a", "--one-file-system", "--reflink=auto", "--", source, target], stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw await watching.ConfigureAwait(false) ?? space.Full(purpose);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        Check(result, purpose, $"{source} cannot be copied");
    }

    /// <summary>Shows how far the copy is by the disk's free space, and stops it before the reserve is touched.</summary>
    private async Task<StorageException?> WatchAsync(string purpose, ProgressMeter? progress, string step, long total, CancellationTokenSource stop)
    {
        long before = space.Free;
        while (!stop.IsCancellationRequested)
        {
            progress?.Report(step, Math.Clamp(before - space.Free, 0, total), total);
            try
            {
                space.Require(0, purpose);
            }
            catch (StorageException e)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                return e;
            }

            await Task.Delay(s_poll, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
