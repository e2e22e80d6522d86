using Bramble.Linux.Files;
using Bramble.Linux.Mounts;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>Root filesystems in files, to be served as disks.</summary>
internal sealed class IscsiDisk(Layout layout, DiskSpace space, TreeCopy copy)
{
    private const long Spare = 2L << 30;
    private const long Alignment = 4L << 20;

    /// <summary>Bytes that a disk offers: twice the content, at least 2 GiB more than it. The file is sparse and takes what is used.</summary>
    internal static long LengthFor(long contentBytes) => (Math.Max(2 * contentBytes, contentBytes + Spare) + Alignment - 1) / Alignment * Alignment;

    /// <summary>Makes an image's disk out of its root tree, once; clones share its blocks where the filesystem can.</summary>
    internal async Task EnsureImageDiskAsync(ImageInfo image, CancellationToken cancellation)
    {
        string disk = layout.ImageDisk(image.Name);
        if (File.Exists(disk))
            return;
        string purpose = $"for the disk of image {image.Name}";
        space.Require(image.SizeBytes, purpose);
        string temporary = $"{layout.Temporary}/disk-{Guid.NewGuid():N}.img";
        try
        {
            await using (FileStream stream = new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                stream.SetLength(LengthFor(image.SizeBytes));

            // metadata_csum_seed: each clone gets a UUID of its own without a rewrite of all checksums. orphan_file: too new for older kernels.
            ProcessResult result = await ChildProcess.RunAsync(
                "mkfs.ext4", ["-q", "-F", "-L", "rootfs", "-O", "metadata_csum_seed,^orphan_file", "-E", "nodiscard", "-d", layout.ImageRoot(image.Name), temporary], cancellation).ConfigureAwait(false);
            copy.Check(result, purpose, $"The disk of image {image.Name} cannot be made");
            AtomicFile.SyncFilesystem(layout.Temporary);
            File.Move(temporary, disk);
            AtomicFile.SyncFolder(layout.Image(image.Name));
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Gives a disk a filesystem UUID of its own.</summary>
    internal async Task SetUuidAsync(string disk, string uuid, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync("tune2fs", ["-U", uuid, disk], cancellation).ConfigureAwait(false);
        copy.Check(result, "for a client's disk", $"The filesystem on {disk} cannot be given its own UUID");
    }

    /// <summary>Mounts a disk that nobody else uses and edits its root.</summary>
    internal void Edit(string disk, Action<TreeEditor> edit)
    {
        string folder = $"{layout.Temporary}/mount-{Guid.NewGuid():N}";
        Directory.CreateDirectory(folder);
        try
        {
            using LoopDevice loop = LoopDevice.Attach(disk, 0, 0, readOnly: false);
            // errors=: the client owns the superblock, which may ask for a kernel panic at the first fault.
            using MountPoint mount = MountPoint.Mount(loop.DevicePath, folder, "ext4", MountFlags.NoSuid | MountFlags.NoDevices | MountFlags.NoExecute | MountFlags.NoAccessTime, "errors=remount-ro");
            using (ForeignTree tree = ForeignTree.Open(mount.Folder))
                edit(new TreeEditor(tree, "", []));
            mount.Unmount();
        }
        catch (SystemCallException e) when (!DiskSpace.IsFull(e))
        {
            throw new StorageException($"{disk} cannot be edited: {e.Message}.", e);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
