using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Images;

/// <summary>Makes an image out of a file: everything below <c>tmp/</c>, then one rename.</summary>
internal sealed class ImageImporter(StorageOptions options, DataDisk disk, TimeProvider time)
{
    /// <summary>Imports.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">A name that is free, and locked by the caller.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal async Task<ImageInfo> ImportAsync(string file, string name, ProgressMeter progress, CancellationToken cancellation)
    {
        string work = disk.MakeWorkFolder("import");
        try
        {
            return await ImportAsync(file, name, work, progress, cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw disk.Space.Full($"to import {file}", e);
        }
        catch (IOException e)
        {
            throw new StorageException($"{file} cannot be imported: {e.Message}", e);
        }
        finally
        {
            await disk.DeleteAsync(work).ConfigureAwait(false);
        }
    }

    private async Task<ImageInfo> ImportAsync(string file, string name, string work, ProgressMeter progress, CancellationToken cancellation)
    {
        DiskSpace space = disk.Space;
        TreeCopy copy = new(disk);
        UnpackedImage unpacked = await new ImageUnpacker(options, space, progress).UnpackAsync(file, $"{work}/disk.img", cancellation).ConfigureAwait(false);

        progress.Report("Reading the partition table");
        IReadOnlyList<Partition> partitions = await PartitionTable.ReadAsync(unpacked.Path, unpacked.Length, file, cancellation).ConfigureAwait(false);
        ImageParts parts = ImageParts.Find(unpacked.Path, partitions, file);
        space.Require(parts.RootUsedBytes, $"for the content of {file}");

        string image = $"{work}/image";
        disk.MakeTree(image);
        progress.Report("Copying the boot tree");
        await copy.CopyFatAsync(unpacked.Path, parts.Boot, $"{image}/boot", file, cancellation).ConfigureAwait(false);
        await copy.CopyExtAsync(unpacked.Path, parts, $"{work}/mount", $"{image}/root", file, progress, cancellation).ConfigureAwait(false);

        progress.Report("Looking into the initramfs");
        IReadOnlyList<InitramfsInfo> initramfs = await InitramfsInspector.InspectAsync($"{image}/boot", null, cancellation).ConfigureAwait(false);

        progress.Report("Editing for network boot");
        (IReadOnlyList<EditStep> steps, string mountPoint, string distribution) = ImageEditor.Apply($"{image}/root", $"{image}/boot", file);
        ImageInfo info = new()
        {
            Name = name,
            Source = Path.GetFileName(file),
            Sha256 = unpacked.Sha256,
            Imported = time.GetUtcNow(),
            Distribution = distribution,
            BootFolder = disk.Layout.ImageBoot(name),
            RootFolder = disk.Layout.ImageRoot(name),
            SizeBytes = parts.RootUsedBytes + SizeOf($"{image}/boot"),
            BootMountPoint = mountPoint,
            CanNfs = InitramfsInspector.CanNfs(initramfs),
            CanIscsi = InitramfsInspector.CanIscsi(initramfs),
            Initramfs = initramfs,
            Edits = steps,
        };
        ImageStore.Write(disk, image, info);

        progress.Report("Writing to the disk");
        await disk.SettleAsync(image, hasCopies: true).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        disk.Move(image, disk.Layout.Image(name));
        return info;
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
}
