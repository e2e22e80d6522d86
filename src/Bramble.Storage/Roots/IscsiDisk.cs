using Bramble.Linux.Files;
using Bramble.Linux.Mounts;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>Root filesystems in files, to be served as disks.</summary>
internal sealed class IscsiDisk(DataDisk disk)
{
    private const long Spare = 2L << 30;
    private const long Alignment = 4L << 20;

    private Layout Layout => disk.Layout;

    /// <summary>Bytes that a disk offers: twice the content, at least 2 GiB more than it. The file is sparse and takes what is used.</summary>
    internal static long LengthFor(long contentBytes) => (Math.Max(2 * contentBytes, contentBytes + Spare) + Alignment - 1) / Alignment * Alignment;

    /// <summary>Makes an image's disk out of its root tree, once; clones share its blocks where the filesystem can.</summary>
    internal async Task EnsureImageDiskAsync(ImageInfo image, CancellationToken cancellation)
    {
        string target = Layout.ImageDisk(image.Name);
        if (File.Exists(target))
            return;
        string purpose = $"for the disk of image {image.Name}";
        string tree = Layout.ImageRoot(image.Name);
        long bytes = Math.Max(image.SizeBytes, await DataDisk.UsedBytesAsync([tree]));
        disk.Space.Require(bytes, purpose);
        // Beside its place: the image may be a subvolume, and no file is renamed into another one.
        string temporary = DataDisk.Beside(target);
        try
        {
            disk.Step($"make {temporary}");
            await using (FileStream stream = new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                stream.SetLength(LengthFor(bytes));

            // metadata_csum_seed: each clone gets a UUID of its own without a rewrite of all checksums. orphan_file: too new for older kernels.
            ProcessResult result = await ChildProcess.RunAsync(
                "mkfs.ext4", ["-q", "-F", "-L", "rootfs", "-O", "metadata_csum_seed,^orphan_file", "-E", "nodiscard", "-d", tree, temporary], cancellation);
            disk.Check(result, purpose, $"The disk of image {image.Name} cannot be made");
            await disk.SettleAsync(Layout.Image(image.Name), hasCopies: true);
            disk.Move(temporary, target);
        }
        finally
        {
            await disk.DeleteAsync(temporary);
        }
    }

    /// <summary>Makes an image's root tree out of its disk, once: an image that was promoted from an iSCSI root begins without one.</summary>
    internal async Task EnsureImageTreeAsync(ImageInfo image, ProgressMeter progress, CancellationToken cancellation)
    {
        string target = Layout.ImageRoot(image.Name);
        if (Directory.Exists(target))
            return;
        string purpose = $"for the root tree of image {image.Name}";
        string temporary = DataDisk.Beside(target);
        try
        {
            disk.MakeFolder(temporary);
            await MountedAsync(
                Layout.ImageDisk(image.Name),
                MountFlags.ReadOnly,
                "noload",
                async folder =>
                {
                    long bytes = await DataDisk.UsedBytesAsync([folder]);
                    disk.Space.Require(bytes, purpose);
                    await disk.CopyAsync($"{folder}/.", temporary, purpose, progress, "Copying the root tree", bytes, cancellation);
                    return true;
                });
            TreeCopy.RemoveEmptyLostAndFound(temporary);
            await disk.SettleAsync(Layout.Image(image.Name), hasCopies: true);
            disk.Move(temporary, target);
        }
        finally
        {
            await disk.DeleteAsync(temporary);
        }
    }

    /// <summary>Gives a disk a filesystem UUID of its own. Its filesystem must be clean.</summary>
    internal async Task SetUuidAsync(string file, string uuid, CancellationToken cancellation)
    {
        disk.Step($"set the UUID of {file}");
        ProcessResult result = await ChildProcess.RunAsync("tune2fs", ["-U", uuid, file], cancellation);
        disk.Check(result, "for a client's disk", $"The filesystem on {file} cannot be given its own UUID");
    }

    /// <summary>Mounts a disk that nobody else uses, which replays its journal, and edits its root.</summary>
    /// <returns>What was changed.</returns>
    internal Task<IReadOnlyList<EditStep>> EditAsync(string file, Action<TreeEditor> edit) => MountedAsync(
        file,
        MountFlags.None,
        "",
        folder =>
        {
            using ForeignTree tree = ForeignTree.Open(folder);
            disk.Step($"edit {file}");
            List<EditStep> steps = [];
            edit(new TreeEditor(tree, "", steps));
            return Task.FromResult<IReadOnlyList<EditStep>>(steps);
        });

    /// <summary>Mounts a disk that nobody else uses, which replays its journal.</summary>
    internal Task OpenAsync(string file, Func<ForeignTree, Task> work) => MountedAsync(
        file,
        MountFlags.None,
        "",
        async folder =>
        {
            using ForeignTree tree = ForeignTree.Open(folder);
            await work(tree);
            return true;
        });

    private async Task<T> MountedAsync<T>(string file, MountFlags flags, string options, Func<string, Task<T>> work)
    {
        string folder = disk.MakeWorkFolder("mount");
        try
        {
            using LoopDevice loop = LoopDevice.Attach(file, 0, 0, flags.HasFlag(MountFlags.ReadOnly));
            disk.Step($"mount {file}");
            // errors=: the client owns the superblock, which may ask for a kernel panic at the first fault. noinit_itable: what is written to a clone is its own.
            using MountPoint mount = MountPoint.Mount(
                loop.DevicePath, folder, "ext4", flags | MountFlags.NoSuid | MountFlags.NoDevices | MountFlags.NoExecute | MountFlags.NoAccessTime, $"{options}{(options.Length > 0 ? "," : "")}errors=remount-ro,noinit_itable");
            T result = await work(mount.Folder);
            disk.Step($"unmount {file}");
            mount.Unmount();
            return result;
        }
        catch (SystemCallException e) when (!DiskSpace.IsFull(e))
        {
            throw new StorageException($"{file} cannot be mounted or edited: {e.Message}.", e);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
