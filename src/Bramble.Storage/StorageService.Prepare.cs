using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>Another version of an image, changed by whoever asks.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<ImageInfo> PrepareImageAsync(string image, string newImage, IReadOnlyList<RootKind> kinds, Func<string, CancellationToken, Task> change, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(image);
        StorageNames.RequireImage(newImage);
        if (image == newImage)
            throw new StorageException($"Image {image} stays as it is: give the new version another name.");
        using IDisposable held = await _locks.TakeAsync(TreeOf(newImage), cancellation);
        RequireNoImage(newImage);
        _space.RequireForNew(0, $"for image {newImage}");
        ImageInfo origin;
        using (await _locks.TakeAsync(DiskOf(image), cancellation))
        {
            origin = FindImage(image);
            await _builder.EnsureImageTreeAsync(origin, new ProgressMeter(null, _time), cancellation);
        }

        ImageInfo made = await _journal.RunAsync(
            Intent(Operation.MakeImage) with { Image = newImage },
            () => PrepareAsync(origin, newImage, kinds, change, cancellation));
        StorageLog.ImagePrepared(_logger, newImage, image);
        return made;
    }

    private Task<ImageInfo> PrepareAsync(ImageInfo origin, string newImage, IReadOnlyList<RootKind> kinds, Func<string, CancellationToken, Task> change, CancellationToken cancellation)
    {
        string purpose = $"for image {newImage}";
        return _builder.InWorkFolderAsync($"Image {newImage} cannot be made", purpose, async work =>
        {
            string folder = $"{work}/image";
            (string root, string boot) = ($"{folder}/{Layout.Root}", $"{folder}/{Layout.Boot}");
            await _disk.CloneTreeAsync(_layout.Image(origin.Name), folder, [Layout.Boot, Layout.Root], purpose, new ProgressMeter(null, _time), cancellation);
            await change(folder, cancellation);

            // Packages may have brought units back that were switched off.
            HashSet<string> skipped = [.. _options.SkippedEdits, .. origin.SkippedEdits];
            EditedImage edited = ImageEditor.Apply(root, boot, newImage, step => !skipped.Contains(step), _images.Originals(origin.Name));
            (ImageFacts facts, List<EditStep> steps) = Finish(root, boot, kinds);
            ImageInfo made = await facts.RecordAsync(
                origin with
                {
                    Name = newImage,
                    Source = $"image {origin.Name}",
                    Sha256 = "",
                    Imported = _time.GetUtcNow(),
                    BootFolder = _layout.ImageBoot(newImage),
                    RootFolder = _layout.ImageRoot(newImage),
                    SizeBytes = await DataDisk.UsedBytesAsync([root, boot]),
                    Edits = EditMerge.Merge(origin.Edits, [.. steps, .. edited.Steps]),
                },
                boot,
                null,
                cancellation);
            RequirePrepared(made, kinds);
            ImageStore.Write(_disk, folder, made);
            ImageStore.WriteOriginals(_disk, folder, edited.Originals);
            await _disk.SettleAsync(folder, hasCopies: true);
            cancellation.ThrowIfCancellationRequested();
            _disk.Move(folder, _layout.Image(newImage));
            return made;
        });
    }

    /// <summary>The firmware loads an initramfs only if it is told to.</summary>
    private static (ImageFacts Facts, List<EditStep> Steps) Finish(string rootFolder, string bootFolder, IReadOnlyList<RootKind> kinds)
    {
        const string Step = "prepare";
        using ForeignTree root = ForeignTree.Open(rootFolder);
        using ForeignTree boot = ForeignTree.Open(bootFolder);
        List<EditStep> steps = [new EditStep(Step, "usr", "", $"what a root of kind {string.Join(" and ", kinds.Select(Name))} needs was installed")];
        new TreeEditor(boot, "boot/", steps).Change(
            Step,
            "config.txt",
            static text => text.Split('\n').Any(static line => line.Trim() == "auto_initramfs=1" || line.TrimStart().StartsWith("initramfs ", StringComparison.Ordinal)) ? text : text.TrimEnd('\n') + "\n\n[all]\nauto_initramfs=1\n");
        return (ImageFacts.Of(root), steps);
    }

    private static void RequirePrepared(ImageInfo made, IReadOnlyList<RootKind> kinds)
    {
        foreach (RootKind kind in kinds)
        {
            if (kind == RootKind.Iscsi ? !made.CanIscsi : !made.CanOverlay)
            {
                string seen = made.Initramfs.Count == 0 ? "there is no initramfs in its boot tree" : string.Join("; ", made.Initramfs.Select(static one => $"{one.File}: {one.Problem ?? $"iSCSI {one.CanIscsi}, overlay {one.CanOverlay}"}"));
                throw new StorageException($"What a root of kind {Name(kind)} needs was installed, but did not get into every initramfs ({seen}). Nothing was kept.");
            }
        }
    }
}
