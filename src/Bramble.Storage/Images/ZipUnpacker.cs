using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>
/// How bsdtar (libarchive) unpacks the disk image of a zip archive, and what its messages mean. It reads archives forwards, as they come
/// from a pipe or a download.
/// </summary>
internal static class ZipUnpacker
{
    internal const string Program = "bsdtar";
    private const string UnpackedPrefix = "x ";
    private const string Ending = "Error exit delayed from previous errors.";
    private const string NoImage = ": Not found in archive";
    private const int MostNames = 10;

    /// <summary>
    /// Images to standard output, names to standard error. Finder's resource forks are no images. A passphrase is given so that bsdtar asks
    /// nobody for one.
    /// </summary>
    internal static string[] Arguments { get; } =
        ["-xOvf", "-", "--passphrase", "none", "--include", "*.[iI][mM][gG]", "--exclude", "__MACOSX/*"];

    internal static string[] ListArguments(string file) => ["-tf", file];

    /// <summary>Whether bsdtar read the whole archive and found no image in it.</summary>
    internal static bool IsWithoutImage(ProcessResult result) =>
        !result.Succeeded && MessageOf(result.Error).EndsWith(NoImage, StringComparison.Ordinal);

    /// <summary>Why an archive is refused.</summary>
    /// <param name="name">Its name as given.</param>
    /// <param name="result">How bsdtar ended.</param>
    /// <returns>Null if exactly one image was unpacked.</returns>
    internal static StorageException? Refusal(string name, ProcessResult result)
    {
        if (result.Succeeded)
        {
            string[] images =
                [.. Lines(result.Error).Where(line => line.StartsWith(UnpackedPrefix, StringComparison.Ordinal)).Select(WithoutPrefix)];
            return images.Length == 1
                ? null
                : new StorageException($"{name} holds {images.Length} disk images: {Names(images)}. Unpack it and give one of them.");
        }

        string message = MessageOf(result.Error);
        string shown = StorageNames.Shown(message);
        return message switch
        {
            _ when message.Contains("passphrase", StringComparison.OrdinalIgnoreCase) =>
                new StorageException($"{name} is encrypted. Unpack it first and give the .img inside."),
            _ when message.Contains("Unsupported ZIP", StringComparison.Ordinal) =>
                new StorageException($"{name} uses a compression that is not supported (zip: {shown}). Unpack it and give the .img inside."),
            _ => new StorageException($"{name} is damaged or broken off (zip: {shown}). Download or copy it again."),
        };
    }

    /// <summary>That an archive has no image.</summary>
    /// <param name="name">Its name as given.</param>
    /// <param name="list">What else it holds, one name a line; null if that is not known.</param>
    internal static StorageException WithoutImage(string name, string? list) =>
        new($"{name} is a zip archive without a disk image (.img).{(list is null ? "" : $" Found: {Names(Lines(list))}.")}");

    /// <summary>The message that gives the reason: the last one that is not about what follows from it.</summary>
    private static string MessageOf(string error)
    {
        string? reason = null;
        foreach (string line in Lines(error))
        {
            bool isConsequence = line.EndsWith(Ending, StringComparison.Ordinal)
                || (line.EndsWith(NoImage, StringComparison.Ordinal) && reason is not null);
            if (!isConsequence)
            {
                reason = WithoutPrefix(line).Replace(": Unknown error -1", "", StringComparison.Ordinal);
            }
        }

        return reason ?? "bsdtar gave no reason";
    }

    private static string WithoutPrefix(string line) =>
        line.StartsWith(UnpackedPrefix, StringComparison.Ordinal) ? line[UnpackedPrefix.Length..]
        : line.StartsWith($"{Program}: ", StringComparison.Ordinal) ? line[(Program.Length + 2)..]
        : line;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Names(string[] names)
    {
        string shown = string.Join(", ", names.Take(MostNames).Select(StorageNames.Shown));
        return names.Length == 0 ? "nothing" : names.Length > MostNames ? $"{shown} and {names.Length - MostNames} more" : shown;
    }
}
