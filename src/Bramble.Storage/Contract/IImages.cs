namespace Bramble.Storage.Contract;

/// <summary>Images, beyond what <see cref="IStorage"/> has. Every operation is all or nothing, and refuses with a <see cref="StorageException"/>.</summary>
public interface IImages
{
    /// <summary>
    /// Makes an image from a disk image or a root tarball, each plain or packed (xz, zst, gz, zip), or from a folder with a root tree.
    /// </summary>
    /// <param name="request">What from.</param>
    /// <param name="stream">Where it is read from, once and forwards only; null if the source is a path.</param>
    /// <param name="progress">Told about every step, at most a few times a second; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ImageInfo> ImportImageAsync(ImportRequest request, Stream? stream, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Gives an image another name; refused while a client's root was made from it.</summary>
    Task<ImageInfo> RenameImageAsync(string name, string newName, CancellationToken cancellation);

    /// <summary>Looks whether an image is whole: its record, its trees, its disk.</summary>
    /// <returns>What is wrong with it, for people; empty if nothing is.</returns>
    Task<IReadOnlyList<string>> CheckImageAsync(string name, CancellationToken cancellation);
}
