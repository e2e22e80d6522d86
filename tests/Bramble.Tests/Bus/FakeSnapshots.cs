using System.Collections.Concurrent;
using Bramble.Storage.Contract;

namespace Bramble.Tests.Bus;

/// <summary>Snapshots that remember what was asked of them.</summary>
internal sealed class FakeSnapshots : ISnapshots
{
    public static readonly SnapshotInfo Snapshot = new()
    {
        Client = "pi-1",
        Name = "first",
        Taken = new DateTimeOffset(2026, 11, 22, 5, 0, 0, TimeSpan.Zero),
        Cause = SnapshotCause.Rollback,
        Image = "raspios",
        Kind = RootKind.Iscsi,
        InUse = true,
    };

    public static readonly RootChange Change = new("pi-1", "first", "raspios", "before-rollback-20261122-050000", InUse: true);

    public ConcurrentQueue<string> Asked { get; } = new();

    public Task<SnapshotInfo> CreateSnapshotAsync(string client, string? name, SnapshotCause cause, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new ImportProgress("Copying", 1, 2));
        return Note($"create {client} {name ?? "-"} {cause}", Snapshot);
    }

    public Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(string? client, CancellationToken cancellation) => Note<IReadOnlyList<SnapshotInfo>>($"list {client ?? "-"}", [Snapshot]);

    public Task<IReadOnlyList<SnapshotInfo>> TakeScheduledAsync(Retention retention, CancellationToken cancellation) => Note<IReadOnlyList<SnapshotInfo>>($"schedule {retention.Last} {retention.Weekly}", [Snapshot]);

    public Task RemoveSnapshotAsync(string client, string name, CancellationToken cancellation) => Note($"remove {client} {name}", true);

    public Task<RootChange> RollBackAsync(string client, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) => Note($"roll back {client} {name ?? "-"}", Change);

    public Task<RootChange> ResetAsync(string client, IProgress<ImportProgress>? progress, CancellationToken cancellation) => Note($"reset {client}", Change);

    public Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation) => Note($"change {client} {image} {string.Join(' ', carry)}", Change);

    public Task<RootChange> ChangeKindAsync(string client, RootKind kind, string? external, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        Note($"change {client} to {kind} {external ?? "-"} {string.Join(' ', carry)}", Change);

    public Task<ImageInfo> PromoteAsync(string client, string image, IProgress<ImportProgress>? progress, CancellationToken cancellation) => Note($"promote {client} {image}", FakeStorage.Image);

    public Task<ClientRoot> DuplicateAsync(string client, string newClient, IProgress<ImportProgress>? progress, CancellationToken cancellation) => Note($"duplicate {client} {newClient}", FakeStorage.Root);

    private Task<T> Note<T>(string what, T result)
    {
        Asked.Enqueue(what);
        return Task.FromResult(result);
    }
}
