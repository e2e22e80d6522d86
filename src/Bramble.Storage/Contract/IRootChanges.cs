namespace Bramble.Storage.Contract;

/// <summary>
/// What a client's next boot gets: another image, or what it had before. A client that runs keeps what it has. Every operation is all or nothing, also
/// when the power fails, and refuses with a <see cref="StorageException"/>.
/// </summary>
public interface IRootChanges
{
    /// <summary>
    /// Has the client's next boot get a clone of another image. It stays the machine that it is: host keys, machine id and the named paths are carried over.
    /// What it has now is kept as a snapshot. Nothing is done if it has that image already.
    /// </summary>
    /// <param name="client">The client's name.</param>
    /// <param name="image">The image.</param>
    /// <param name="carry">Absolute paths of files and folders in the root that are carried over; those that are not there are passed over.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    /// <returns>What was done; of a client that has the image already, what was done when it got it.</returns>
    Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Has the client's next boot get what it had at a snapshot, which may be of another image. What it has now is kept as a snapshot.</summary>
    /// <param name="client">The client's name.</param>
    /// <param name="name">The snapshot; null for the last one that was taken by hand or by the schedule.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<RootChange> RollBackAsync(string client, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation);
}
