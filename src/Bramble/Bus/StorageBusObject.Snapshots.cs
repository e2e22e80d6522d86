using System.Text.Json;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <content>Snapshots and what is made of a client's root. An empty name stands for none.</content>
public sealed partial class StorageBusObject
{
    private IEnumerable<BusMethod> SnapshotMethods() =>
    [
        Method("CreateSnapshot", "sss", "s", ["client", "name", "cause", "snapshot"], async (call, stop) =>
        {
            SnapshotCause cause = call.Get<string>(2) switch
            {
                "hand" => SnapshotCause.Hand,
                "schedule" => SnapshotCause.Schedule,
                string other => throw new BusException(BusErrors.InvalidArgs, $"\"{other}\" is no cause of a snapshot: hand or schedule."),
            };
            return [Write(await snapshots.CreateSnapshotAsync(call.Get<string>(0), Given(call, 1), cause, Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.SnapshotInfo)];
        }),
        Method("TakeScheduled", "uu", "s", ["last", "weekly", "snapshots"], async (call, stop) =>
        {
            var retention = new Retention((int)Math.Min(call.Get<uint>(0), int.MaxValue), (int)Math.Min(call.Get<uint>(1), int.MaxValue));
            return [Write(await snapshots.TakeScheduledAsync(retention, stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListSnapshotInfo)];
        }),
        Method("ListSnapshots", "s", "s", ["client", "snapshots"], async (call, stop) =>
            [Write(await snapshots.ListSnapshotsAsync(Given(call, 0), stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListSnapshotInfo)]),
        Method("RemoveSnapshot", "ss", "", ["client", "name"], async (call, stop) =>
        {
            await snapshots.RemoveSnapshotAsync(call.Get<string>(0), call.Get<string>(1), stop).ConfigureAwait(false);
            return [];
        }),
        Method("RollBack", "ss", "s", ["client", "name", "change"], async (call, stop) =>
            [Write(await snapshots.RollBackAsync(call.Get<string>(0), Given(call, 1), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.RootChange)]),
        Method("ChangeImage", "sss", "s", ["client", "image", "carry", "change"], async (call, stop) =>
        {
            return [Write(await snapshots.ChangeImageAsync(call.Get<string>(0), call.Get<string>(1), Names(call, 2), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.RootChange)];
        }),
        Method("ChangeKind", "ssss", "s", ["client", "kind", "external", "carry", "change"], async (call, stop) =>
        {
            RootKind kind = Read(JsonSerializer.Serialize(call.Get<string>(1), StorageContractJson.Default.String), StorageContractJson.Default.RootKind);
            return [Write(await snapshots.ChangeKindAsync(call.Get<string>(0), kind, Given(call, 2), Names(call, 3), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.RootChange)];
        }),
        Method("ResetRoot", "s", "s", ["client", "change"], async (call, stop) =>
            [Write(await snapshots.ResetAsync(call.Get<string>(0), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.RootChange)]),
        Method("Promote", "ss", "s", ["client", "image", "info"], async (call, stop) =>
            [Write(await snapshots.PromoteAsync(call.Get<string>(0), call.Get<string>(1), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)]),
        Method("Duplicate", "ss", "s", ["client", "newClient", "root"], async (call, stop) =>
            [Write(await snapshots.DuplicateAsync(call.Get<string>(0), call.Get<string>(1), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.ClientRoot)]),
    ];

    private static ProgressSignal Progress(BusCall call) => new(call.Bus, call.Get<string>(0));

    private static string? Given(BusCall call, int argument) => call.Get<string>(argument) is { Length: > 0 } text ? text : null;
}
