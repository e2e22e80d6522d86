using System.Globalization;
using Bramble.Storage.Contract;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>Points in time of a client's root.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<SnapshotInfo> CreateSnapshotAsync(string client, string? name, SnapshotCause cause, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord record = FindRoot(client);
        RequireRoot(client, record);
        string snapshot = name is null ? FreeName(client, cause == SnapshotCause.Schedule ? "auto" : "") : StorageNames.RequireSnapshot(name);
        if (FindSnapshot(client, snapshot) is not null)
            throw new StorageException($"There is a snapshot {snapshot} of {client} already. Remove it first, or give the new one another name.");
        _space.RequireForNew(0, $"for a snapshot of {client}");
        await RequireQuietAsync(client, record, cancellation);
        DateTimeOffset now = _time.GetUtcNow();
        int number = _roots.NextNumber(client);
        string purpose = $"for a snapshot of {client}";
        StateRecord taken = await _journal.RunAsync(
            Intent(Operation.TakeSnapshot) with { Client = client, State = number },
            () => _builder.AddStateAsync(
                client,
                number,
                async folder =>
                {
                    bool hasCopies = await _builder.CloneStateAsync(client, record, folder, purpose, new ProgressMeter(progress, _time), cancellation);
                    return (record with { Snapshot = snapshot, Cause = cause, Taken = now, Created = now, From = record.Number }, hasCopies);
                },
                purpose,
                cancellation));
        NoteSnapshot();
        StorageLog.SnapshotTaken(_logger, client, snapshot);
        return Describe(client, taken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(string? client, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        if (client is null)
            return [.. _roots.List().SelectMany(one => Snapshots(one.Client).Select(record => Describe(one.Client, record)))];
        StorageNames.RequireClient(client);
        FindRoot(client);
        return [.. Snapshots(client).Select(record => Describe(client, record))];
    }

    /// <inheritdoc/>
    public async Task RemoveSnapshotAsync(string client, string name, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        using IDisposable held = await HoldClientAsync(client, cancellation);
        FindRoot(client);
        StateRecord record = RequireSnapshot(client, name);
        bool isOffline;
        using (await _locks.TakeAsync("publish", cancellation))
            isOffline = !IsOpen(client, record) && (record.Kind != RootKind.Iscsi || await _publisher.TryTakeOfflineAsync(record, cancellation));
        if (!isOffline)
            throw new StorageException($"{client} runs on snapshot {name} until it boots again. Let it boot first.");
        await _journal.RunAsync(Intent(Operation.RemoveSnapshot) with { Client = client, State = record.Number }, async () =>
        {
            await DiscardAsync(_layout.ClientState(client, record.Number));
            return true;
        });
        StorageLog.SnapshotRemoved(_logger, client, name);
    }

    /// <inheritdoc/>
    public async Task<RootChange> RollBackAsync(string client, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord current = FindRoot(client);
        StateRecord? source = name is not null
            ? RequireSnapshot(client, name)
            : Snapshots(client).LastOrDefault(static one => one.Cause is SnapshotCause.Hand or SnapshotCause.Schedule);
        if (source is null)
        {
            RequireRoot(client, current);
            throw new StorageException($"{client} has no snapshot to go back to. Name one of those that 'bramble snapshot list {client}' shows, or go back to the image: bramble client reset {client}");
        }

        // What an overlay keeps is its image.
        if (!source.HasRoot && source.Kind != current.Kind)
            throw new StorageException($"Snapshot {source.Snapshot} of {client} is of kind {Name(source.Kind)} and holds no root. Go back by: bramble client root {client} {Word(source.Kind)}");
        if (!source.HasRoot)
            FindImage(source.Image);
        await RequireQuietAsync(client, source, cancellation);
        string purpose = $"to roll {client} back";
        return await ChangeStateAsync(
            client,
            current,
            source.Snapshot!,
            source.Image,
            source.Kind,
            SnapshotCause.Rollback,
            (number, folder) => RestoreAsync(client, number, source, folder, purpose, progress, cancellation),
            purpose,
            cancellation);
    }

    /// <inheritdoc/>
    public async Task<RootChange> ResetAsync(string client, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord current = FindRoot(client);
        using IDisposable imageHeld = await HoldImageAsync(current.Image, current.Kind, cancellation);
        ImageInfo image = FindImage(current.Image);
        string purpose = $"to reset {client}";
        return await ChangeStateAsync(
            client,
            current,
            image.Name,
            image.Name,
            current.Kind,
            SnapshotCause.Reset,
            async (number, folder) =>
            {
                (StateRecord record, bool hasCopies) = await _builder.CloneImageAsync(client, number, current.Kind, image, folder, new ProgressMeter(progress, _time), cancellation);
                record = await _builder.ForgetMachineAsync(record, folder);
                return (record with { External = current.External }, hasCopies);
            },
            purpose,
            cancellation);
    }

    /// <summary>Makes a state that can be booted out of a snapshot.</summary>
    private async Task<(StateRecord Record, bool HasCopies)> RestoreAsync(string client, int number, StateRecord snapshot, string folder, string purpose, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        bool hasCopies = await _builder.CloneStateAsync(client, snapshot, folder, purpose, new ProgressMeter(progress, _time), cancellation);
        return (RootBuilder.Target(client, number, snapshot) with { Snapshot = null, Taken = null, Cause = default, Created = _time.GetUtcNow(), From = snapshot.Number }, hasCopies);
    }

    /// <summary>
    /// Makes another state beside the one that the next boot gets now, and lets the next boot get it: one link that leads elsewhere. What it had becomes
    /// a snapshot. Neither is touched that a running client may be using.
    /// </summary>
    private async Task<RootChange> ChangeStateAsync(
        string client,
        StateRecord current,
        string source,
        string image,
        RootKind kind,
        SnapshotCause cause,
        Func<int, string, Task<(StateRecord Record, bool HasCopies)>> make,
        string purpose,
        CancellationToken cancellation)
    {
        int number = _roots.NextNumber(client);
        string keepAs = FreeName(client, $"before-{cause.ToString().ToLowerInvariant()}");
        Intent intent = Intent(Operation.ChangeState) with { Client = client, State = number, Previous = current.Number, KeepAs = keepAs, Cause = cause };
        await _journal.RunAsync(
            intent,
            async () =>
            {
                await _builder.AddStateAsync(client, number, folder => make(number, folder), purpose, cancellation);
                _roots.SetCurrent(client, number);
                Keep(client, current.Number, keepAs, intent);
                return true;
            },
            SettleAsync);
        NoteSnapshot();
        StorageLog.StateChanged(_logger, client, source, keepAs);
        return new RootChange(client, source, image, keepAs, IsOpen(client, current)) { Kind = kind };
    }

    /// <summary>Lets the front panel know. The snapshot is there without it, so that a full disk is no reason to fail.</summary>
    private void NoteSnapshot()
    {
        try
        {
            File.WriteAllBytes(_layout.LastSnapshot, []);
            File.SetLastWriteTimeUtc(_layout.LastSnapshot, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StorageLog.SnapshotNotNoted(_logger, e.Message);
        }
    }

    /// <summary>A copy of a disk that is written to meanwhile is worth nothing; a snapshot of it is what a power cut would leave, which its journal mends.</summary>
    private async Task RequireQuietAsync(string client, StateRecord record, CancellationToken cancellation)
    {
        if (_disk.IsInstant || record.Kind != RootKind.Iscsi)
            return;
        using IDisposable publishing = await _locks.TakeAsync("publish", cancellation);
        if (await _publisher.IsInUseAsync(record, cancellation))
            throw new StorageException($"The disk of {client} is in use, and {_layout.Data} is not on btrfs: a copy of it would be damaged. Shut {client} down first.");
    }

    private Task<IDisposable> HoldClientAsync(string client, CancellationToken cancellation) =>
        _locks.TakeAsync(ClientOf(StorageNames.RequireClient(client)), cancellation);

    private bool IsOpen(string client, StateRecord record) => _roots.Opened(client) is { Address: not null } opened && opened.State == record.Number;

    private IEnumerable<StateRecord> Snapshots(string client) =>
        _roots.States(client).Where(static state => state.Snapshot is not null).OrderBy(static state => state.Taken).ThenBy(static state => state.Number);

    private StateRecord? FindSnapshot(string client, string name) => Snapshots(client).FirstOrDefault(state => state.Snapshot == name);

    private StateRecord RequireSnapshot(string client, string name) =>
        FindSnapshot(client, StorageNames.RequireSnapshot(name)) ?? throw new StorageException($"There is no snapshot {name} of {client}. 'bramble snapshot list {client}' shows those there are.");

    /// <summary>A name made of the time, UTC, that no snapshot of the client has.</summary>
    private string FreeName(string client, string prefix)
    {
        string name = (prefix.Length > 0 ? prefix + "-" : "") + _time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        HashSet<string?> taken = [.. _roots.States(client).Select(static state => state.Snapshot)];
        for (int count = 1; ; count++)
        {
            string candidate = count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{count}");
            if (!taken.Contains(candidate))
                return candidate;
        }
    }

    private SnapshotInfo Describe(string client, StateRecord record) => new()
    {
        Client = client,
        Name = record.Snapshot!,
        Taken = record.Taken ?? record.Created,
        Cause = record.Cause,
        Image = record.Image,
        Kind = record.Kind,
        InUse = IsOpen(client, record),
    };
}
