using System.Text.Json;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage.Images;

/// <summary>The records of images. Paths are not believed but made from where the record lies.</summary>
internal sealed class ImageStore(DataDisk disk, ILogger logger)
{
    private readonly Layout _layout = disk.Layout;
    internal const UnixFileMode RecordMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>One image; null if there is none or its record cannot be read.</summary>
    internal ImageInfo? Find(string name)
    {
        string path = _layout.ImageRecord(name);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.ImageInfo) is { } info
                ? info with { Name = name, BootFolder = _layout.ImageBoot(name), RootFolder = _layout.ImageRoot(name) }
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            StorageLog.RecordUnreadable(logger, path, e.Message);
            return null;
        }
    }

    /// <summary>All images by name.</summary>
    internal IReadOnlyList<ImageInfo> List()
    {
        List<ImageInfo> images = [];
        if (!Directory.Exists(_layout.Images))
            return images;
        foreach (string folder in Directory.EnumerateDirectories(_layout.Images).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            if (StorageNames.IsImage(name) && Find(name) is { } info)
                images.Add(info);
        }

        return images;
    }

    /// <summary>Writes the record into a folder that is to become the image.</summary>
    internal static void Write(DataDisk disk, string folder, ImageInfo info) =>
        disk.Write($"{folder}/image.json", JsonSerializer.SerializeToUtf8Bytes(info, StorageJson.Default.ImageInfo), RecordMode);

    /// <summary>What was there before the edits of an image; empty if that was not kept.</summary>
    internal IReadOnlyList<Original> Originals(string name)
    {
        string path = _layout.ImageOriginals(name);
        if (!File.Exists(path))
            return [];
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.IReadOnlyListOriginal) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            StorageLog.RecordUnreadable(logger, path, e.Message);
            return [];
        }
    }

    /// <summary>Writes into a folder that is to become the image what was there before its edits: readable by root alone, for host keys are among it.</summary>
    internal static void WriteOriginals(DataDisk disk, string folder, IReadOnlyList<Original> originals) =>
        disk.Write($"{folder}/{Layout.Originals}", JsonSerializer.SerializeToUtf8Bytes(originals, StorageJson.Default.IReadOnlyListOriginal), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
