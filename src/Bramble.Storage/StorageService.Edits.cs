using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>The changes that imports and clones make: shown, and switched on and off.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<EditStep>> ListEditsAsync(string client, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireClient(client);
        return FindRoot(client).Edits;
    }

    /// <inheritdoc/>
    public async Task<ImageInfo> SwitchEditsAsync(string image, IReadOnlyList<string> off, IReadOnlyList<string> on, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(image);
        EditCatalogue.Require([.. off, .. on]);
        if (off.FirstOrDefault(on.Contains) is { } both)
            throw new StorageException($"{both} cannot be switched off and on at once.");
        if (on.FirstOrDefault(_options.SkippedEdits.Contains) is { } skipped)
            throw new StorageException($"{skipped} is switched off for all images by skip-edits in [storage] of bramble.conf: take it out there first.");
        using IDisposable tree = await _locks.TakeAsync(TreeOf(image), cancellation);
        using IDisposable disk = await _locks.TakeAsync(DiskOf(image), cancellation);
        ImageInfo info = FindImage(image);
        List<string> holders = [.. _roots.List().Where(one => one.Record.Image == image && one.Record.Kind == RootKind.Overlay).Select(static one => one.Client)];
        if (holders.Count > 0)
            throw new StorageException($"Image {image} itself is the root of {string.Join(", ", holders)} (overlay), and is not changed under running clients. Make a version of it: bramble image promote, or import it under another name.");
        string[] switchedOff = [.. off.Except(info.SkippedEdits)];
        string[] switchedOn = [.. on.Where(name => info.SkippedEdits.Contains(name) || !info.Edits.Any(edit => edit.Name == name))];
        IReadOnlyList<Original> originals = _images.Originals(image);
        if (switchedOff.FirstOrDefault(name => info.Edits.Any(edit => edit.Name == name) && !originals.Any(one => one.Step == name)) is { } lost)
            throw new StorageException($"What image {image} was before the edit {lost} is not known: it was imported by an older Bramble, or made of a client. Import it again with --without {lost}.");
        ImageInfo edited = await _journal.RunAsync(
            Intent(Operation.EditImage) with { Image = image },
            () => SwitchAsync(info, originals, switchedOff, switchedOn, new ProgressMeter(progress, _time), cancellation));
        StorageLog.EditsSwitched(_logger, image, string.Join(", ", switchedOff), string.Join(", ", switchedOn));
        return edited;
    }

    private Task<ImageInfo> SwitchAsync(ImageInfo info, IReadOnlyList<Original> originals, string[] off, string[] on, ProgressMeter progress, CancellationToken cancellation) =>
        _builder.InWorkFolderAsync($"The edits of image {info.Name} cannot be switched", $"to edit image {info.Name}", async work =>
        {
            await _builder.EnsureImageTreeAsync(info, progress, cancellation);
            string folder = $"{work}/image";

            // A disk that was made of the tree is made anew when it is needed.
            bool hasCopies = await _disk.CloneTreeAsync(_layout.Image(info.Name), folder, [Layout.Boot, Layout.Root], $"to edit image {info.Name}", progress, cancellation);
            (string root, string boot) = ($"{folder}/{Layout.Root}", $"{folder}/{Layout.Boot}");
            _disk.Step($"edit {folder}");
            IReadOnlyList<Original> left = ImageEditor.TakeBack(root, boot, originals, off.Contains);
            EditedImage edited = ImageEditor.Apply(root, boot, info.Name, on.Contains, left);
            ImageInfo made = info with
            {
                Edits = EditMerge.Merge([.. info.Edits.Where(edit => !off.Contains(edit.Name))], edited.Steps),
                SkippedEdits = [.. info.SkippedEdits.Except(on).Union(off)],
            };
            ImageStore.Write(_disk, folder, made);
            ImageStore.WriteOriginals(_disk, folder, edited.Originals);
            await _disk.SettleAsync(folder, hasCopies);
            cancellation.ThrowIfCancellationRequested();
            if (await _disk.ReplaceTreeAsync(folder, _layout.Image(info.Name)) is { } reason)
                StorageLog.CannotRemove(_logger, reason);
            return made;
        });
}
