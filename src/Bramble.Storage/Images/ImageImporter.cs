using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Images;

/// <summary>Makes an image out of a file: everything below <c>tmp/</c>, then one rename.</summary>
internal sealed class ImageImporter(StorageOptions options, Layout layout, DiskSpace space, TimeProvider time)
{
    /// <summary>Imports.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">A name that is free, and locked by the caller.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal async Task<ImageInfo> ImportAsync(string file, string name, ProgressMeter progress, CancellationToken cancellation)
    {
        string work = $"{layout.Temporary}/import-{Guid.NewGuid():N}";
        Directory.CreateDirectory(work);
        try
        {
            return await ImportAsync(file, name, work, progress, cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw space.Full($"to import {file}", e);
        }
        catch (IOException e)
        {
            throw new StorageException($"{file} cannot be imported: {e.Message}", e);
        }
        finally
        {
            await TreeCopy.DeleteAsync(work).ConfigureAwait(false);
        }
    }

    private async Task<ImageInfo> ImportAsync(string file, string name, string work, ProgressMeter progress, CancellationToken cancellation)
    {
        TreeCopy copy = new(layout, space);
        UnpackedImage unpacked = await new ImageUnpacker(options, space, progress).UnpackAsync(file, $"{work}/disk.img", cancellation).ConfigureAwait(false);

        progress.Report("Reading the partition table");
        IReadOnlyList<Partition> partitions = await PartitionTable.ReadAsync(unpacked.Path, unpacked.Length, file, cancellation).ConfigureAwait(false);
        ImageParts parts = ImageParts.Find(unpacked.Path, partitions, file);
        space.Require(parts.RootUsedBytes, $"for the content of {file}");

        string image = $"{work}/image";
        Directory.CreateDirectory(image);
        progress.Report("Copying the boot tree");
        await copy.CopyFatAsync(unpacked.Path, parts.Boot, $"{image}/boot", file, cancellation).ConfigureAwait(false);
        await copy.CopyExtAsync(unpacked.Path, parts, $"{work}/mount", $"{image}/root", file, progress, cancellation).ConfigureAwait(false);

        progress.Report("Looking into the initramfs");
        IReadOnlyList<InitramfsInfo> initramfs = await InitramfsInspector.InspectAsync($"{image}/boot", cancellation).ConfigureAwait(false);

        progress.Report("Editing for network boot");
        (IReadOnlyList<EditStep> steps, string mountPoint, string distribution) = ImageEditor.Apply($"{image}/root", $"{image}/boot", file);
        ImageInfo info = new()
        {
            Name = name,
            Source = Path.GetFileName(file),
            Sha256 = unpacked.Sha256,
            Imported = time.GetUtcNow(),
            Distribution = distribution,
            BootFolder = layout.ImageBoot(name),
            RootFolder = layout.ImageRoot(name),
            SizeBytes = parts.RootUsedBytes + SizeOf($"{image}/boot"),
            BootMountPoint = mountPoint,

            // What could not be read is no reason to refuse NFS: nearly every initramfs can do it. iSCSI must have been put in on purpose.
            CanNfs = initramfs.All(one => one.CanNfs || one.Problem is not null),
            CanIscsi = initramfs.Count > 0 && initramfs.All(one => one.CanIscsi),
            Initramfs = initramfs,
            Edits = steps,
        };
        ImageStore.Write(image, info);

        progress.Report("Writing to the disk");
        await Task.Run(() => AtomicFile.SyncFilesystem(image), CancellationToken.None).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        Directory.Move(image, layout.Image(name));
        AtomicFile.SyncFolder(layout.Images);
        return info;
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
}
