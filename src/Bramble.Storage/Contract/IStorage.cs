namespace Bramble.Storage.Contract;

/// <summary>
/// Images and roots. Implemented by <c>StorageService</c> in the process of <c>bramble storaged</c> and by its D-Bus proxy in the others.
/// Every operation is all or nothing, and refuses with a <see cref="StorageException"/>.
/// </summary>
public interface IStorage
{
    /// <summary>Imports a disk image (.img, .img.xz, .img.zst, .img.gz).</summary>
    /// <param name="file">Absolute path of the file.</param>
    /// <param name="name">The image's name, or null to make one from the file's.</param>
    /// <param name="progress">Told about every step, at most a few times a second; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>All images, by name.</summary>
    Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation);

    /// <summary>Removes an image; refused while a client's root was made from it.</summary>
    Task RemoveImageAsync(string name, CancellationToken cancellation);

    /// <summary>Makes a client's root, or returns the one that is there when image and kind agree. Personal files (host name, beacon) are written anew each time.</summary>
    Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation);

    /// <summary>Opens a client's root to one address: writes export or target, reloads the daemon through systemd, waits, and checks that it really serves. Nothing is done if it already does.</summary>
    /// <param name="client">The client's name.</param>
    /// <param name="address">The client's IPv4 address.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The clients whose roots were open to that address and are closed now: an address has one holder.</returns>
    Task<IReadOnlyList<string>> PublishRootAsync(string client, string address, CancellationToken cancellation);

    /// <summary>Closes and deletes a client's root.</summary>
    Task RemoveRootAsync(string client, CancellationToken cancellation);
}
