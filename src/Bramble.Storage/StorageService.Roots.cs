using Bramble.Storage.Contract;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.Require(request);
        using IDisposable held = await _locks.TakeAsync($"client:{request.Client}", cancellation).ConfigureAwait(false);
        RootRecord record = Path.Exists(_layout.Client(request.Client))
            ? await RenewRootAsync(request, cancellation).ConfigureAwait(false)
            : await MakeRootAsync(request, cancellation).ConfigureAwait(false);
        return _roots.Describe(request.Client, record);
    }

    /// <inheritdoc/>
    public async Task PublishRootAsync(string client, string address, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireClient(client);
        string checkedAddress = StorageNames.RequireAddress(address);
        using IDisposable held = await _locks.TakeAsync($"client:{client}", cancellation).ConfigureAwait(false);
        RootRecord record = FindRoot(client);
        using IDisposable publishing = await _locks.TakeAsync("publish", cancellation).ConfigureAwait(false);
        await _publisher.OpenAsync(client, record, checkedAddress, cancellation).ConfigureAwait(false);
        StorageLog.RootPublished(_logger, client, checkedAddress);
    }

    /// <inheritdoc/>
    public async Task RemoveRootAsync(string client, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireClient(client);
        using IDisposable held = await _locks.TakeAsync($"client:{client}", cancellation).ConfigureAwait(false);
        RootRecord record = FindRoot(client);
        using (await _locks.TakeAsync("publish", cancellation).ConfigureAwait(false))
            await _publisher.CloseAsync(client, record, cancellation).ConfigureAwait(false);
        await RemoveFolderAsync(_layout.Client(client)).ConfigureAwait(false);
        StorageLog.RootRemoved(_logger, client);
    }

    private RootRecord FindRoot(string client)
    {
        if (!Path.Exists(_layout.Client(client)))
            throw new StorageException($"There is no root of {client}.");
        return _roots.Find(client) ?? throw new StorageException($"The record of {client} cannot be read: {_layout.ClientRecord(client)}. Move the folder {_layout.Client(client)} away to start anew.");
    }

    private async Task<RootRecord> MakeRootAsync(RootRequest request, CancellationToken cancellation)
    {
        // Held while the image is cloned, so that it is not removed meanwhile. A first disk takes long: clones of the tree do not wait for it.
        string part = request.Kind == RootKind.Iscsi ? DiskOf(request.Image) : TreeOf(request.Image);
        using IDisposable held = await _locks.TakeAsync(part, cancellation).ConfigureAwait(false);
        ImageInfo image = _images.Find(request.Image) ?? throw new StorageException($"There is no image {request.Image}. Import it first.");
        RootRecord record = await new RootBuilder(_layout, _space, _time).BuildAsync(request, image, cancellation).ConfigureAwait(false);
        StorageLog.RootMade(_logger, request.Client, request.Image, record.Kind.ToString());
        return record;
    }

    private async Task<RootRecord> RenewRootAsync(RootRequest request, CancellationToken cancellation)
    {
        RootRecord record = FindRoot(request.Client);
        if (record.Image != request.Image || record.Kind != request.Kind)
            throw new StorageException($"Client {request.Client} has a root of kind {Name(record.Kind)} from image {record.Image}, not {Name(request.Kind)} from {request.Image}. Remove its root first; what is on it is then lost.");
        RootBuilder builder = new(_layout, _space, _time);
        if (record.Kind == RootKind.Iscsi)
        {
            // Two writers of one filesystem destroy it: a disk that its client uses is never mounted here, and one that is right already needs no mount.
            if (record.Personality == builder.PersonalityOf(request, record).Digest)
                return record;
            bool isOffline;
            using (await _locks.TakeAsync("publish", cancellation).ConfigureAwait(false))
                isOffline = await _publisher.TryTakeOfflineAsync(record, cancellation).ConfigureAwait(false);
            if (!isOffline)
            {
                StorageLog.DiskInUse(_logger, request.Client);
                return record;
            }
        }

        RootRecord renewed;
        try
        {
            renewed = builder.Renew(request, record);
        }
        catch (IOException e)
        {
            throw DiskSpace.IsFull(e) ? _space.Full($"for the root of {request.Client}", e) : new StorageException($"The root of {request.Client} cannot be renewed: {e.Message}", e);
        }

        if (renewed != record)
            RootStore.Write(_layout.Client(request.Client), renewed);
        return renewed;
    }

    private static string TreeOf(string image) => $"image:{image}";

    private static string DiskOf(string image) => $"disk:{image}";

    private static string Name(RootKind kind) => kind == RootKind.Nfs ? "nfs" : "iscsi";
}
