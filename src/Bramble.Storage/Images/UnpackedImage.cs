namespace Bramble.Storage.Images;

/// <summary>An image file, ready to be looked into.</summary>
/// <param name="Path">The plain image: a temporary file, or the given one if that is not packed.</param>
/// <param name="Sha256">Of the file as given, lower-case hex.</param>
/// <param name="Length">Bytes of the plain image.</param>
internal sealed record UnpackedImage(string Path, string Sha256, long Length);
