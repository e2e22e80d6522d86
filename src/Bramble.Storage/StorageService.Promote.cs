using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>A client's root as the beginning of others.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<ImageInfo> PromoteAsync(string client, string image, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord record = FindRoot(client);
        RequireRoot(client, record);
        StorageNames.RequireImage(image);
        using IDisposable imageHeld = await _locks.TakeAsync(TreeOf(image), cancellation);
        RequireNoImage(image);
        _space.RequireForNew(0, $"for image {image}");
        await RequireQuietAsync(client, record, cancellation);
        ImagePromoter promoter = new(_disk, _builder, _time);
        ImageInfo info = await _journal.RunAsync(
            Intent(Operation.MakeImage) with { Image = image, Client = client },
            () => promoter.PromoteAsync(client, record, _images.Find(record.Image), image, new ProgressMeter(progress, _time), cancellation));
        StorageLog.Promoted(_logger, image, client);
        return info;
    }

    /// <inheritdoc/>
    public async Task<ClientRoot> DuplicateAsync(string client, string newClient, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireClient(client);
        StorageNames.RequireClient(newClient);
        if (client == newClient)
            throw new StorageException($"{client} cannot be its own duplicate: give the new client another name.");

        // Always in the same order, so that two duplications the other way round do not wait for each other.
        bool isInOrder = string.CompareOrdinal(client, newClient) < 0;
        using IDisposable first = await HoldClientAsync(isInOrder ? client : newClient, cancellation);
        using IDisposable second = await HoldClientAsync(isInOrder ? newClient : client, cancellation);
        StateRecord record = FindRoot(client);
        RequireRoot(client, record);
        if (Path.Exists(_layout.Client(newClient)))
            throw new StorageException($"{newClient} has a root already. Remove it first, or give the new client another name.");
        _space.RequireForNew(0, $"for the root of {newClient}");
        await RequireQuietAsync(client, record, cancellation);
        StateRecord made = await _journal.RunAsync(
            Intent(Operation.MakeRoot) with { Client = newClient },
            () => _builder.DuplicateAsync(client, record, newClient, new ProgressMeter(progress, _time), cancellation));
        StorageLog.Duplicated(_logger, client, newClient);
        return _roots.Describe(newClient, made);
    }
}
