using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <content>Snapshots and what is made of a client's root.</content>
public sealed partial class StorageBusProxy
{
    /// <inheritdoc/>
    public Task<SnapshotInfo> CreateSnapshotAsync(string client, string? name, SnapshotCause cause, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("CreateSnapshot", "sss", [client, name ?? "", cause == SnapshotCause.Schedule ? "schedule" : "hand"], StorageContractJson.Default.SnapshotInfo, progress, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SnapshotInfo>> TakeScheduledAsync(Retention retention, CancellationToken cancellation) =>
        Read(await CallAsync("TakeScheduled", "uu", [(uint)Math.Max(0, retention.Last), (uint)Math.Max(0, retention.Weekly)], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListSnapshotInfo);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(string? client, CancellationToken cancellation) =>
        Read(await CallAsync("ListSnapshots", "s", [client ?? ""], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListSnapshotInfo);

    /// <inheritdoc/>
    public Task RemoveSnapshotAsync(string client, string name, CancellationToken cancellation) => CallAsync("RemoveSnapshot", "ss", [client, name], cancellation);

    /// <inheritdoc/>
    public Task<RootChange> RollBackAsync(string client, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("RollBack", "ss", [client, name ?? ""], StorageContractJson.Default.RootChange, progress, cancellation);

    /// <inheritdoc/>
    public Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("ChangeImage", "sss", [client, image, JsonSerializer.Serialize(carry, StorageContractJson.Default.IReadOnlyListString)], StorageContractJson.Default.RootChange, progress, cancellation);

    /// <inheritdoc/>
    public Task<RootChange> ChangeKindAsync(string client, RootKind kind, string? external, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation) => WorkAsync(
        "ChangeKind", "ssss", [client, kind.ToString().ToLowerInvariant(), external ?? "", JsonSerializer.Serialize(carry, StorageContractJson.Default.IReadOnlyListString)],
        StorageContractJson.Default.RootChange, progress, cancellation);

    /// <inheritdoc/>
    public Task<RootChange> ResetAsync(string client, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("ResetRoot", "s", [client], StorageContractJson.Default.RootChange, progress, cancellation);

    /// <inheritdoc/>
    public Task<ImageInfo> PromoteAsync(string client, string image, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("Promote", "ss", [client, image], StorageContractJson.Default.ImageInfo, progress, cancellation);

    /// <inheritdoc/>
    public Task<ClientRoot> DuplicateAsync(string client, string newClient, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("Duplicate", "ss", [client, newClient], StorageContractJson.Default.ClientRoot, progress, cancellation);

    /// <summary>Work that may take long elsewhere than on btrfs. Whoever stops waiting for it goes, and storage gives up work whose caller has gone.</summary>
    private async Task<T> WorkAsync<T>(string method, string signature, object[] arguments, JsonTypeInfo<T> type, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        IBusConnection bus = await ConnectAsync(cancellation).ConfigureAwait(false);
        await using IAsyncDisposable? listening = progress is null ? null : await TranslateAsync(ListenAsync(bus, (string)arguments[0], progress), cancellation).ConfigureAwait(false);
        return Read(await CallAsync(bus, method, signature, arguments, cancellation, cancellation).ConfigureAwait(false), type);
    }
}
