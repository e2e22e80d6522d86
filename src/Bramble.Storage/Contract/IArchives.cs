namespace Bramble.Storage.Contract;

/// <summary>
/// Clients and images as one stream, to be kept elsewhere or to be brought to another server, with owners, modes, attributes and holes: what
/// <c>btrfs send</c> makes, or tar; packed by zstd.
/// Every operation is all or nothing, and refuses with a <see cref="StorageException"/>.
/// </summary>
public interface IArchives
{
    /// <summary>Writes what a client has now, or an image. On btrfs it is of one moment, and the client may go on working.</summary>
    /// <param name="kind">What <paramref name="name"/> is.</param>
    /// <param name="name">The client or image.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="asTar">As tar, which a server without btrfs can import too; false for what <c>btrfs send</c> makes where there is btrfs, and tar elsewhere.</param>
    /// <param name="cancellation">Stops.</param>
    Task ExportAsync(ArchiveKind kind, string name, Stream output, bool asTar, CancellationToken cancellation);

    /// <summary>Makes a client's root or an image of an archive. A client gets secrets of its own, and stays otherwise the machine that it was.</summary>
    /// <param name="name">The name that it is to have; null for the one that it had.</param>
    /// <param name="input">The archive.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    /// <returns>What it was, with the name that it has now.</returns>
    Task<ArchiveInfo> ImportAsync(string? name, Stream input, CancellationToken cancellation);
}
