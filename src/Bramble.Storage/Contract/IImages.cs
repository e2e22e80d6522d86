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

    /// <summary>Looks whether an image is whole: its record, its trees, its disk. What it can is read anew from one that is.</summary>
    /// <returns>What is wrong with it, for people; empty if nothing is.</returns>
    Task<IReadOnlyList<string>> CheckImageAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Switches edits of an image off or on, for itself and for what is cloned from it from now on. Refused while a client's root is the image itself.
    /// </summary>
    /// <param name="image">The image's name.</param>
    /// <param name="off">Names of edits that are taken back; see <see cref="EditCatalogue"/>.</param>
    /// <param name="on">Names of edits that are made.</param>
    /// <param name="progress">Told when it takes long; may be null.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ImageInfo> SwitchEditsAsync(string image, IReadOnlyList<string> off, IReadOnlyList<string> on, IProgress<ImportProgress>? progress, CancellationToken cancellation);

    /// <summary>Every change that was made to a client's root, beyond those of its image.</summary>
    Task<IReadOnlyList<EditStep>> ListEditsAsync(string client, CancellationToken cancellation);

    /// <summary>Makes another version of an image, for other kinds of root. The image itself stays as it is.</summary>
    /// <param name="image">The image.</param>
    /// <param name="newImage">Name of the new one.</param>
    /// <param name="kinds">What it is to be able to: <see cref="RootKind.Iscsi"/>, <see cref="RootKind.Overlay"/>. Refused if it cannot after all.</param>
    /// <param name="change">Changes a copy of it: gets the absolute path of a folder with its trees <c>boot</c> and <c>root</c>.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    Task<ImageInfo> PrepareImageAsync(string image, string newImage, IReadOnlyList<RootKind> kinds, Func<string, CancellationToken, Task> change, CancellationToken cancellation);
}
