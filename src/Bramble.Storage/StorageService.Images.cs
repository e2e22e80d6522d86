using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;

namespace Bramble.Storage;

public sealed partial class StorageService
{
    /// <inheritdoc/>
    public Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        ImportImageAsync(new ImportRequest { Source = file, Name = name }, null, progress, cancellation);

    /// <inheritdoc/>
    public async Task<ImageInfo> ImportImageAsync(ImportRequest request, Stream? stream, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        string shown = request.Source;
        if (stream is null && !Path.IsPathFullyQualified(shown))
            throw new StorageException($"\"{shown}\" is not an absolute path.");
        if (stream is null && !File.Exists(shown) && !Directory.Exists(shown))
            throw new StorageException($"{shown} is not there, or is not a file or folder.");
        StorageNames.RequireSha256(request.Sha256);
        EditCatalogue.Require(request.SkippedEdits);
        string image = request.Name is null ? StorageNames.ImageNameFrom(shown.TrimEnd('/')) : StorageNames.RequireImage(request.Name);
        using IDisposable held = await _locks.TakeAsync(TreeOf(image), cancellation);
        RequireNoImage(image);
        _space.RequireForNew(0, $"for image {image}");
        string source = stream is null ? File.ResolveLinkTarget(shown, returnFinalTarget: true)?.FullName ?? shown : shown;
        ImageImporter importer = new(_options, _disk, _time);
        ImageInfo info = await _journal.RunAsync(
            Intent(Operation.MakeImage) with { Image = image },
            () => importer.ImportAsync(request with { Source = source }, stream, image, new ProgressMeter(progress, _time), cancellation));
        StorageLog.ImageImported(_logger, image, shown, info.SizeBytes, info.Edits.Count);
        return info;
    }

    /// <summary>The name that an image from a file gets when none is given.</summary>
    /// <exception cref="StorageException">None can be made.</exception>
    public static string ImageNameFrom(string file) => StorageNames.ImageNameFrom(file);

    /// <inheritdoc/>
    public async Task<ImageInfo> RenameImageAsync(string name, string newName, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(name);
        StorageNames.RequireImage(newName);
        if (name == newName)
            throw new StorageException($"The image has the name {name} already.");
        string[] parts = [TreeOf(name), TreeOf(newName), DiskOf(name), DiskOf(newName)];
        Array.Sort(parts, StringComparer.Ordinal);
        using IDisposable first = await _locks.TakeAsync(parts[0], cancellation);
        using IDisposable second = await _locks.TakeAsync(parts[1], cancellation);
        using IDisposable third = await _locks.TakeAsync(parts[2], cancellation);
        using IDisposable fourth = await _locks.TakeAsync(parts[3], cancellation);
        RequireUnused(name, "Rename it before clients are made from it, or give them another image.");
        RequireNoImage(newName);
        await _journal.RunAsync(Intent(Operation.RenameImage) with { Image = newName }, () =>
        {
            _disk.Move(_layout.Image(name), _layout.Image(newName));
            return Task.FromResult(true);
        });
        StorageLog.ImageRenamed(_logger, name, newName);
        return FindImage(newName);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CheckImageAsync(string name, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(name);
        using IDisposable tree = await _locks.TakeAsync(TreeOf(name), cancellation);
        if (!Directory.Exists(_layout.Image(name)))
            throw new StorageException($"There is no image {name}.");
        ImageInfo? image = _images.Find(name);
        IReadOnlyList<string> wrong = await ImageCheck.RunAsync(_layout, image, name, cancellation);
        if (wrong.Count == 0 && image is not null && Directory.Exists(image.RootFolder))
        {
            // The Bramble that made the record may have been an older one, which did not look for all that this one does.
            using ForeignTree root = ForeignTree.Open(image.RootFolder);
            ImageStore.Write(_disk, _layout.Image(name), await ImageFacts.Of(root).RecordAsync(image, image.BootFolder, null, cancellation));
        }

        return wrong;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        return _images.List();
    }

    /// <inheritdoc/>
    public async Task RemoveImageAsync(string name, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(name);
        using IDisposable tree = await _locks.TakeAsync(TreeOf(name), cancellation);
        using IDisposable disk = await _locks.TakeAsync(DiskOf(name), cancellation);
        RequireUnused(name, "Remove their roots first, or give them another image and let them restart.");
        await _journal.RunAsync(Intent(Operation.RemoveImage) with { Image = name }, async () =>
        {
            await DiscardAsync(_layout.Image(name));
            return true;
        });
        StorageLog.ImageRemoved(_logger, name);
    }

    private void RequireUnused(string name, string wayOut)
    {
        if (!Directory.Exists(_layout.Image(name)))
            throw new StorageException($"There is no image {name}.");
        List<string> users = _roots.List().Where(one => one.Record.Image == name || RunsOn(one.Client, name)).Select(static one => one.Client).ToList();
        if (users.Count > 0)
            throw new StorageException($"Image {name} is in use by {string.Join(", ", users)}. {wayOut}");
    }

    /// <summary>An overlay's root is the image itself until the client boots again, also when its next boot gets another one.</summary>
    private bool RunsOn(string client, string image) =>
        _roots.Opened(client) is { Address: not null } opened && _roots.Find(client, opened.State) is { Kind: RootKind.Overlay } open && open.Image == image;

    private void RequireNoImage(string image)
    {
        if (Path.Exists(_layout.Image(image)))
            throw new StorageException($"There is an image {image} already. Remove it first, or give the new one another name.");
    }
}
