using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>
/// Boot folders of clients whose root is the image itself. The image is not changed for it: another archive is appended to each initramfs, and the kernel
/// unpacks one after the other. It holds a boot script of initramfs-tools (<c>boot=bramble-overlay</c>) that mounts the root as the image's own script for
/// NFS does, lays a layer of memory over it, and puts the client's personal files into that layer.
/// </summary>
internal sealed class OverlayBoot(DataDisk disk)
{
    private const string Files = "bramble/root";
    private const int ArchiveAlignment = 512;
    private static readonly string[] s_wanted = ["etc/hosts"];

    // Words of a shell without programs: the smallest initramfs has klibc's only, which has no cp, chmod or rm. The overlay's module is the root's where the
    // initramfs has none; both are of the kernel that runs. The mount points are top folders: run-init removes all others, and a folder with a mount point in
    // it cannot be removed.
    private const string Script = """
        # Written by Bramble: the root is the image, read-only; what is written over it is kept in memory.
        bramble_put()
        {
        	mkdir -p "/bramble-upper/data/${2%/*}"
        	( umask "$1"; cat "/bramble/root/$2" >"/bramble-upper/data/$2" ) || panic "Bramble: $2 cannot be written into the overlay"
        }

        mountroot()
        {
        	nfs_mount_root
        	mkdir -p /bramble-lower /bramble-upper
        	mount -t tmpfs -o mode=0755 tmpfs /bramble-upper || panic "Bramble: no memory for the overlay"
        	mkdir /bramble-upper/data /bramble-upper/work
        	mount -o move "${rootmnt}" /bramble-lower || panic "Bramble: the root cannot be moved"
        	modprobe overlay 2>/dev/null || chroot /bramble-lower /sbin/modprobe overlay || panic "Bramble: the kernel has no overlay"

        """;

    private const string ScriptEnd = """
        	mount -t overlay -o lowerdir=/bramble-lower,upperdir=/bramble-upper/data,workdir=/bramble-upper/work overlay "${rootmnt}" || panic "Bramble: the overlay cannot be mounted"
        }

        """;

    /// <summary>Writes every initramfs of a state's boot folder anew: the image's, and the client's archive behind it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="state">Folder of the state, with its boot folder.</param>
    /// <param name="personality">The client's personal files.</param>
    /// <param name="cancellation">Stops between two files.</param>
    internal async Task WriteAsync(string image, string state, Personality personality, CancellationToken cancellation)
    {
        byte[] archive = await MakeAsync(image, personality).ConfigureAwait(false);
        foreach (string source in Directory.EnumerateFiles(disk.Layout.ImageBoot(image)).Where(static file => InitramfsInspector.IsInitramfs(Path.GetFileName(file))).Order(StringComparer.Ordinal))
        {
            string target = $"{state}/{Layout.Boot}/{Path.GetFileName(source)}";
            string temporary = DataDisk.Beside($"{state}/{Path.GetFileName(source)}");
            try
            {
                await disk.CloneFileAsync(source, temporary, "for an initramfs with an overlay", cancellation).ConfigureAwait(false);
                disk.Step($"append to {temporary}");
                await using (FileStream stream = new(temporary, FileMode.Open, FileAccess.Write))
                {
                    // An archive that begins elsewhere is dropped by the kernel with no more than a word in its log.
                    stream.SetLength((stream.Length + ArchiveAlignment - 1) / ArchiveAlignment * ArchiveAlignment);
                    stream.Seek(0, SeekOrigin.End);
                    await stream.WriteAsync(archive, cancellation).ConfigureAwait(false);
                    stream.Flush(flushToDisk: true);
                }

                File.SetUnixFileMode(temporary, File.GetUnixFileMode(source));
                disk.Replace(temporary, target);
            }
            finally
            {
                await disk.DeleteAsync(temporary).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The archive.</summary>
    private async Task<byte[]> MakeAsync(string image, Personality personality)
    {
        string work = disk.MakeWorkFolder("overlay");
        try
        {
            using ForeignTree tree = ForeignTree.Open(work);
            CopyWanted(disk.Layout.ImageRoot(image), tree);
            personality.ApplyOverlay(new TreeEditor(tree, "", []));
            List<string> files = [.. Directory.EnumerateFiles(work, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(work, file)).Order(StringComparer.Ordinal)];
            using MemoryStream stream = new();
            CpioWriter cpio = new(stream);
            foreach (string folder in Folders(["scripts/bramble-overlay", .. files.Select(static file => $"{Files}/{file}")]))
                cpio.AddFolder(folder);
            StringBuilder script = new(Script);
            foreach (string file in files)
            {
                UnixFileMode mode = File.GetUnixFileMode($"{work}/{file}");
                cpio.AddFile($"{Files}/{file}", await File.ReadAllBytesAsync($"{work}/{file}").ConfigureAwait(false), mode);
                script.Append("\tbramble_put ").Append(mode.HasFlag(UnixFileMode.OtherRead) ? "022" : "077").Append(' ').Append(file).Append('\n');
            }

            cpio.AddFile("scripts/bramble-overlay", Encoding.UTF8.GetBytes(script.Append(ScriptEnd).ToString()), (UnixFileMode)0b110_100_100);
            cpio.Finish();
            return stream.ToArray();
        }
        finally
        {
            await disk.DeleteAsync(work).ConfigureAwait(false);
        }
    }

    /// <summary>What the personal files are made of.</summary>
    private static void CopyWanted(string root, ForeignTree tree)
    {
        using ForeignTree source = ForeignTree.Open(root);
        foreach (string path in s_wanted)
        {
            if (source.ReadFile(path) is { } content)
                tree.WriteFile(path, content, null);
        }
    }

    private static IEnumerable<string> Folders(IEnumerable<string> files)
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
