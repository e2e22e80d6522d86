using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <content>Snapshots by the schedule.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<SnapshotInfo>> TakeScheduledAsync(Retention retention, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        if (!_disk.IsInstant)
            throw new StorageException($"{_layout.Data} is not on btrfs: a copy of every root at every time of the schedule would fill the disk. Take snapshots by hand: bramble snapshot create CLIENT");
        _space.RequireForNew(0, "for the schedule's snapshots");
        List<SnapshotInfo> taken = [];
        foreach (string client in _roots.List().Where(static one => one.Record.HasRoot).Select(static one => one.Client).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                taken.Add(await CreateSnapshotAsync(client, null, SnapshotCause.Schedule, null, cancellation));
                foreach (SnapshotInfo old in retention.ToRemove(await ListSnapshotsAsync(client, cancellation)))
                    await RemoveSnapshotAsync(client, old.Name, cancellation);
            }
            catch (StorageException e)
            {
                // One client's trouble, such as its removal in this moment, is not the others'.
                StorageLog.NotTaken(_logger, client, e.Message);
            }
        }

        return taken;
    }
}
