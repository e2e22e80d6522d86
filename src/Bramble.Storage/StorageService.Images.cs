using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;

namespace Bramble.Storage;

public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        if (!Path.IsPathFullyQualified(file))
            throw new StorageException($"\"{file}\" is not an absolute path.");
        if (!File.Exists(file))
            throw new StorageException($"{file} is not there, or is not a file.");
        string image = name is null ? StorageNames.ImageNameFrom(file) : StorageNames.RequireImage(name);
        using IDisposable held = await _locks.TakeAsync(TreeOf(image), cancellation).ConfigureAwait(false);
        RequireNoImage(image);
        string source = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        ImageImporter importer = new(_options, _disk, _time);
        ImageInfo info = await _journal.RunAsync(
            Intent(Operation.MakeImage) with { Image = image },
            () => importer.ImportAsync(source, image, new ProgressMeter(progress, _time), cancellation)).ConfigureAwait(false);
        StorageLog.ImageImported(_logger, image, file, info.SizeBytes, info.Edits.Count);
        return info;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        return _images.List();
    }

    /// <inheritdoc/>
    public async Task RemoveImageAsync(string name, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireImage(name);
        using IDisposable tree = await _locks.TakeAsync(TreeOf(name), cancellation).ConfigureAwait(false);
        using IDisposable disk = await _locks.TakeAsync(DiskOf(name), cancellation).ConfigureAwait(false);
        if (!Directory.Exists(_layout.Image(name)))
            throw new StorageException($"There is no image {name}.");
        List<string> users = _roots.List().Where(one => one.Record.Image == name).Select(static one => one.Client).ToList();
        if (users.Count > 0)
            throw new StorageException($"Image {name} is in use by {string.Join(", ", users)}. Remove their roots first, or give them another image.");
        await _journal.RunAsync(Intent(Operation.RemoveImage) with { Image = name }, async () =>
        {
            await DiscardAsync(_layout.Image(name)).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        StorageLog.ImageRemoved(_logger, name);
    }

    private void RequireNoImage(string image)
    {
        if (Path.Exists(_layout.Image(image)))
            throw new StorageException($"There is an image {image} already. Remove it first, or give the new one another name.");
    }
}
