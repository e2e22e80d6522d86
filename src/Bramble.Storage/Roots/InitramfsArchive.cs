using Bramble.Storage.Contract;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>
/// An archive that is appended to each initramfs of a client's boot folder: the kernel unpacks one after the other, and the image stays as it is. What
/// comes later wins.
/// </summary>
internal sealed class InitramfsArchive(DataDisk disk)
{
    /// <summary>Packs files; the folders that they lie in are made.</summary>
    internal static byte[] Pack(IReadOnlyList<(string Path, byte[] Content, UnixFileMode Mode)> files)
    {
        using MemoryStream stream = new();
        CpioWriter cpio = new(stream);
        foreach (string folder in Folders(files.Select(static file => file.Path)))
            cpio.AddFolder(folder);
        foreach ((string path, byte[] content, UnixFileMode mode) in files)
            cpio.AddFile(path, content, mode);
        cpio.Finish();
        return stream.ToArray();
    }

    /// <summary>Writes every initramfs of a state's boot folder anew: the image's, and the archive behind it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="state">Folder of the state, with its boot folder.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>Names of the files; empty if the image boots without an initramfs.</returns>
    internal async Task<IReadOnlyList<string>> AppendAsync(string image, string state, byte[] archive, CancellationToken cancellation)
    {
        List<string> sources = [.. Directory.EnumerateFiles(disk.Layout.ImageBoot(image)).Where(static file => InitramfsFile.IsNamedSo(Path.GetFileName(file))).Order(StringComparer.Ordinal)];
        foreach (string source in sources)
        {
            string target = $"{state}/{Layout.Boot}/{Path.GetFileName(source)}";
            string temporary = DataDisk.Beside($"{state}/{Path.GetFileName(source)}");
            try
            {
                await disk.CloneFileAsync(source, temporary, "for an initramfs of a client", cancellation);
                disk.Step($"append to {temporary}");
                await using (FileStream stream = new(temporary, FileMode.Open, FileAccess.Write))
                {
                    stream.SetLength(InitramfsFile.ArchiveStart(stream.Length));
                    stream.Seek(0, SeekOrigin.End);
                    await stream.WriteAsync(archive, cancellation);
                    stream.Flush(flushToDisk: true);
                }

                File.SetUnixFileMode(temporary, File.GetUnixFileMode(source));
                disk.Replace(temporary, target);
            }
            finally
            {
                await disk.DeleteAsync(temporary);
            }
        }

        return [.. sources.Select(static source => Path.GetFileName(source))];
    }

    private static SortedSet<string> Folders(IEnumerable<string> files)
    {
        SortedSet<string> folders = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            for (string? folder = Path.GetDirectoryName(file); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                folders.Add(folder);
        }

        return folders;
    }
}
