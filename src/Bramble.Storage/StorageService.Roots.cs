using Bramble.Storage.Contract;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.Require(request);
        using IDisposable held = await _locks.TakeAsync(ClientOf(request.Client), cancellation).ConfigureAwait(false);
        StateRecord record = Path.Exists(_layout.Client(request.Client))
            ? await RenewRootAsync(request, cancellation).ConfigureAwait(false)
            : await MakeRootAsync(request, cancellation).ConfigureAwait(false);
        return _roots.Describe(request.Client, record);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> PublishRootAsync(string client, string address, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireClient(client);
        string checkedAddress = StorageNames.RequireAddress(address);
        using IDisposable held = await _locks.TakeAsync(ClientOf(client), cancellation).ConfigureAwait(false);
        // A client that runs keeps the state that it booted with. One that boots had its root prepared, which set the state that is to be opened.
        StateRecord record = FindRoot(client);
        if (_roots.Opened(client) is { } opened && _roots.Find(client, opened.State) is { } open)
            record = open;
        using IDisposable publishing = await _locks.TakeAsync("publish", cancellation).ConfigureAwait(false);
        IReadOnlyList<string> closed = await _publisher.OpenAsync(client, record, checkedAddress, cancellation).ConfigureAwait(false);
        StorageLog.RootPublished(_logger, client, checkedAddress);
        return closed;
    }

    /// <inheritdoc/>
    public async Task RemoveRootAsync(string client, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireClient(client);
        using IDisposable held = await _locks.TakeAsync(ClientOf(client), cancellation).ConfigureAwait(false);
        StateRecord record = FindRoot(client);
        await _journal.RunAsync(Intent(Operation.RemoveRoot) with { Client = client }, async () =>
        {
            using (await _locks.TakeAsync("publish", cancellation).ConfigureAwait(false))
                await _publisher.CloseAsync(client, record, cancellation).ConfigureAwait(false);
            await DiscardAsync(_layout.Client(client)).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        StorageLog.RootRemoved(_logger, client);
    }

    private StateRecord FindRoot(string client)
    {
        if (!Path.Exists(_layout.Client(client)))
            throw new StorageException($"There is no root of {client}.") { Code = StorageException.NoRoot };
        return _roots.Find(client) ?? throw new StorageException($"The record of {client} cannot be read: {_layout.ClientCurrent(client)}/state.json. Move the folder {_layout.Client(client)} away to start anew.");
    }

    private ImageInfo FindImage(string name) => _images.Find(name) ?? throw new StorageException($"There is no image {name}. Import it first.");

    private async Task<StateRecord> MakeRootAsync(RootRequest request, CancellationToken cancellation)
    {
        using IDisposable held = await HoldImageAsync(request.Image, request.Kind, cancellation).ConfigureAwait(false);
        ImageInfo image = FindImage(request.Image);
        _space.RequireForNew(0, $"for the root of {request.Client}");
        StateRecord record = await _journal.RunAsync(
            Intent(Operation.MakeRoot) with { Client = request.Client },
            () => _builder.BuildAsync(request, image, new ProgressMeter(null, _time), cancellation)).ConfigureAwait(false);
        StorageLog.RootMade(_logger, request.Client, request.Image, record.Kind.ToString());
        return record;
    }

    private async Task<StateRecord> RenewRootAsync(RootRequest request, CancellationToken cancellation)
    {
        StateRecord record = FindRoot(request.Client);
        if (record.Image != request.Image || record.Kind != request.Kind)
            throw new StorageException($"Client {request.Client} has a root of kind {Name(record.Kind)} from image {record.Image}, not {Name(request.Kind)} from {request.Image}. Have it get that, and keep what it has as a snapshot: {(record.Image != request.Image ? $"bramble client image {request.Client} {request.Image}" : $"bramble client root {request.Client} {Word(request.Kind)}")}");
        StateRecord renewed = await PersonaliseAsync(request, record, cancellation).ConfigureAwait(false);

        // It is about to boot: from now on this is the state to open, and whatever it ran on before is over.
        if (_roots.Opened(request.Client) is { } opened && opened.State != record.Number)
            _roots.SetOpened(request.Client, opened with { State = record.Number });
        return renewed;
    }

    private async Task<StateRecord> PersonaliseAsync(RootRequest request, StateRecord record, CancellationToken cancellation)
    {
        if (record.Kind == RootKind.Iscsi)
        {
            // Two writers of one filesystem destroy it: a disk that its client uses is never mounted here, and one that is right already needs no mount.
            if (record.Personality == _builder.PersonalityOf(request, record).Digest)
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

        StateRecord renewed;
        try
        {
            renewed = await _builder.RenewAsync(request, record, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw DiskSpace.IsFull(e) ? _space.Full($"for the root of {request.Client}", e) : new StorageException($"The root of {request.Client} cannot be renewed: {e.Message}", e);
        }

        if (renewed != record)
            _roots.Write(_layout.ClientState(request.Client, record.Number), renewed);
        return renewed;
    }

    /// <summary>
    /// Held while an image is cloned, so that it is not removed meanwhile. A first disk takes long: clones of the tree do not wait for it.
    /// </summary>
    private Task<IDisposable> HoldImageAsync(string image, RootKind kind, CancellationToken cancellation) =>
        _locks.TakeAsync(kind == RootKind.Iscsi ? DiskOf(image) : TreeOf(image), cancellation);

    private Intent Intent(Operation operation) => new() { Operation = operation, Begun = _time.GetUtcNow() };

    private static string ClientOf(string client) => $"client:{client}";

    private static string TreeOf(string image) => $"image:{image}";

    private static string DiskOf(string image) => $"disk:{image}";

    private static string Name(RootKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>What a person writes on the command line.</summary>
    private static string Word(RootKind kind) => kind == RootKind.External ? "ADDRESS" : Name(kind);

    /// <summary>What is done with a root can be done with one that is the client's alone.</summary>
    private static void RequireRoot(string client, StateRecord record)
    {
        if (!record.HasRoot)
            throw new StorageException($"{client} has no root of its own here: it is of kind {Name(record.Kind)}. There is nothing to keep, to copy or to go back to.");
    }
}
