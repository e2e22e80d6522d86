namespace Bramble.Storage.Contract;

/// <summary>
/// Points in time of clients' roots, with their boot folders. Instant on btrfs, a copy elsewhere. A client that runs keeps what it has: rollback and
/// reset prepare another state beside it, which its next boot gets. Every operation is all or nothing, also when the power fails, and refuses with a
/// <see cref="StorageException"/>.
/// </summary>
public interface ISnapshots : IRootChanges
{
    /// <summary>Takes a snapshot.</summary>
    /// <param name="client">The client's name.</param>
    /// <param name="name">Its name; null for one made of the time.</param>
    /// <param name="cause">Why: <see cref="SnapshotCause.Hand"/> or <see cref="SnapshotCause.Schedule"/>.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<SnapshotInfo> CreateSnapshotAsync(string client, string? name, SnapshotCause cause, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Takes a snapshot of every root, and removes those of the schedule that are not to be kept. Refused where a snapshot is a copy.</summary>
    /// <returns>The new ones; a client whose snapshot could not be taken is left out, and named in the log.</returns>
    Task<IReadOnlyList<SnapshotInfo>> TakeScheduledAsync(Retention retention, CancellationToken cancellation);

    /// <summary>A client's snapshots, oldest first; of all clients for null.</summary>
    Task<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(string? client, CancellationToken cancellation);

    /// <summary>Removes a snapshot; refused while its client runs on it.</summary>
    Task RemoveSnapshotAsync(string client, string name, CancellationToken cancellation);

    /// <summary>
    /// Has the client's next boot get a clone of its image as a root of another kind. Where both kinds hold a root that is the client's own (NFS, iSCSI), it
    /// stays the machine that it is: host keys, machine id and the named paths are carried over. What it has now is kept as a snapshot. Nothing is done
    /// if its root is of that kind already.
    /// </summary>
    /// <param name="client">The client's name.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="external">Where a root of kind <see cref="RootKind.External"/> is; null for the others.</param>
    /// <param name="carry">Absolute paths of files and folders in the root that are carried over; those that are not there are passed over.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<RootChange> ChangeKindAsync(string client, RootKind kind, string? external, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Has the client's next boot get a fresh clone of its image. What it has now is kept as a snapshot.</summary>
    Task<RootChange> ResetAsync(string client, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Makes an image of what a client has now, without what makes it that one machine: identity, host keys, secrets.</summary>
    /// <param name="client">The client's name.</param>
    /// <param name="image">Name of the new image, such as <c>raspios-lite@2026-10-01</c>.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ImageInfo> PromoteAsync(string client, string image, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Makes a root for a new client out of what another has now, as a machine of its own: identity, host keys and secrets are not copied.</summary>
    /// <param name="client">The client that is there.</param>
    /// <param name="newClient">The client that has no root yet.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ClientRoot> DuplicateAsync(string client, string newClient, IProgress<ImportProgress>? progress, CancellationToken cancellation);
}
