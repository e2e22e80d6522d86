using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Images;

/// <summary>Makes an image out of a file, stream or folder: everything below <c>tmp/</c>, then one rename.</summary>
internal sealed class ImageImporter(StorageOptions options, DataDisk disk, TimeProvider time)
{
    /// <summary>Imports.</summary>
    /// <param name="request">What from.</param>
    /// <param name="stream">The stream; null for the file or folder at the path.</param>
    /// <param name="name">A name that is free, and locked by the caller.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal async Task<ImageInfo> ImportAsync(ImportRequest request, Stream? stream, string name, ProgressMeter progress, CancellationToken cancellation)
    {
        string work = disk.MakeWorkFolder("import");
        try
        {
            return await ImportAsync(request, stream, name, work, progress, cancellation);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw disk.Space.Full($"to import {request.Source}", e);
        }
        catch (IOException e)
        {
            throw new StorageException($"{request.Source} cannot be imported: {e.Message}", e);
        }
        finally
        {
            await disk.DeleteAsync(work);
        }
    }

    private async Task<ImageInfo> ImportAsync(ImportRequest request, Stream? stream, string name, string work, ProgressMeter progress, CancellationToken cancellation)
    {
        string image = $"{work}/image";
        disk.MakeTree(image);
        (string sha256, long bytes) = stream is null && Directory.Exists(request.Source)
            ? await CopyFolderAsync(request, image, progress, cancellation)
            : await UnpackAsync(request, stream, work, image, progress, cancellation);

        progress.Report("Editing for network boot");
        HashSet<string> skipped = [.. options.SkippedEdits, .. request.SkippedEdits];
        EditedImage edited = ImageEditor.Apply($"{image}/root", $"{image}/boot", request.Source, step => !skipped.Contains(step), []);

        progress.Report("Looking into kernels and initramfs");
        ImageInfo info = await FactsOf($"{image}/root").RecordAsync(
            new ImageInfo
            {
                Name = name,
                Source = Path.GetFileName(request.Source.TrimEnd('/')),
                Sha256 = sha256,
                Imported = time.GetUtcNow(),
                Distribution = "",
                BootFolder = disk.Layout.ImageBoot(name),
                RootFolder = disk.Layout.ImageRoot(name),
                SizeBytes = bytes,
                BootMountPoint = edited.BootMountPoint,
                CanNfs = false,
                CanIscsi = false,
                Edits = edited.Steps,
                SkippedEdits = [.. request.SkippedEdits],
            },
            $"{image}/boot",
            null,
            cancellation);
        ImageStore.Write(disk, image, info);
        ImageStore.WriteOriginals(disk, image, edited.Originals);

        progress.Report("Writing to the disk");
        await disk.SettleAsync(image, hasCopies: true);
        cancellation.ThrowIfCancellationRequested();
        disk.Move(image, disk.Layout.Image(name));
        return info;
    }

    private async Task<(string Sha256, long Bytes)> CopyFolderAsync(ImportRequest request, string image, ProgressMeter progress, CancellationToken cancellation)
    {
        if (request.Sha256 is not null)
            throw new StorageException($"{request.Source} is a folder, and a folder has no SHA-256: leave it out.");
        if (disk.Layout.Data.StartsWith(request.Source.TrimEnd('/') + "/", StringComparison.Ordinal) || request.Source.TrimEnd('/').Length == 0)
            throw new StorageException($"{request.Source} holds the data folder {disk.Layout.Data} itself: it cannot be copied into it.");
        await new RootTree(disk).CopyAsync(request.Source, $"{image}/root", progress, cancellation);
        await RootTree.SplitBootAsync($"{image}/root", $"{image}/boot", request.Source);
        return ("", await DataDisk.UsedBytesAsync([image]));
    }

    private async Task<(string Sha256, long Bytes)> UnpackAsync(ImportRequest request, Stream? stream, string work, string image, ProgressMeter progress, CancellationToken cancellation)
    {
        string shown = request.Source;
        UnpackedImage unpacked = await new ImageUnpacker(options, disk.Space, progress).UnpackAsync(request, stream, $"{work}/disk.img", cancellation);
        if (RootTree.IsTar(unpacked.Path))
        {
            await new RootTree(disk).ExtractAsync(unpacked, $"{image}/root", shown, progress, cancellation);
            await RootTree.SplitBootAsync($"{image}/root", $"{image}/boot", shown);
            return (unpacked.Sha256, await DataDisk.UsedBytesAsync([image]));
        }

        progress.Report("Reading the partition table");
        IReadOnlyList<Partition> partitions = await PartitionTable.ReadAsync(unpacked.Path, unpacked.Length, shown, cancellation);
        ImageParts parts = ImageParts.Find(unpacked.Path, partitions, shown);
        disk.Space.Require(parts.RootUsedBytes, $"for the content of {shown}");
        TreeCopy copy = new(disk);
        progress.Report("Copying the boot tree");
        await copy.CopyFatAsync(unpacked.Path, parts.Boot, $"{image}/boot", shown, cancellation);
        await copy.CopyExtAsync(unpacked.Path, parts, $"{work}/mount", $"{image}/root", shown, progress, cancellation);
        return (unpacked.Sha256, parts.RootUsedBytes + SizeOf($"{image}/boot"));
    }

    private static ImageFacts FactsOf(string rootFolder)
    {
        using ForeignTree root = ForeignTree.Open(rootFolder);
        return ImageFacts.Of(root);
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
}
