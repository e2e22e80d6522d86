using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Roots;

/// <summary>
/// Boot folders of clients whose root is the image itself. The image is not changed for it: another archive is appended to each initramfs, and the kernel
/// unpacks one after the other. It holds a boot script of initramfs-tools (<c>boot=bramble-overlay</c>) that mounts the root as the image's own script for
/// NFS does, lays a layer of memory over it, and puts the client's personal files into that layer.
/// </summary>
internal sealed class OverlayBoot(DataDisk disk)
{
    /// <summary>Name of the boot script.</summary>
    internal const string ScriptName = "bramble-overlay";

    private const string Files = "bramble/root";
    
    // What the personal files are made of, and what is shown as having been there before.
    private static readonly string[] s_wanted = ["etc/hosts", "etc/hostname", "etc/machine-id"];

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
    /// <param name="state">Folder of the state, with its boot folder.</param>
    /// <param name="hostKeys">Folder of the client's SSH host keys, which need not be there.</param>
    /// <param name="personality">The client's personal files.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>What is laid over the image.</returns>
    internal async Task<IReadOnlyList<EditStep>> WriteAsync(string state, string hostKeys, Personality personality, CancellationToken cancellation)
    {
        (byte[] archive, IReadOnlyList<EditStep> steps) = await MakeAsync(hostKeys, personality);
        await new InitramfsArchive(disk).AppendAsync(personality.Record.Image, state, archive, cancellation);
        return steps;
    }

    private async Task<(byte[] Archive, IReadOnlyList<EditStep> Steps)> MakeAsync(string hostKeys, Personality personality)
    {
        string work = disk.MakeWorkFolder("overlay");
        try
        {
            using ForeignTree layer = ForeignTree.Open(work);
            using ForeignTree image = ForeignTree.Open(disk.Layout.ImageRoot(personality.Record.Image));
            foreach (string path in s_wanted)
            {
                if (image.ReadFile(path) is { } content)
                    layer.WriteFile(path, content, null);
            }

            List<EditStep> steps = [];
            TreeEditor editor = new(layer, "", steps);
            personality.ApplyOverlay(editor, image);
            if (personality.IsOn("ssh-host-keys"))
                HostKeys.Lay(editor, image, hostKeys);
            List<(string Path, byte[] Content, UnixFileMode Mode)> files = [];
            StringBuilder script = new(Script);
            foreach (string file in Directory.EnumerateFiles(work, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(work, file)).Order(StringComparer.Ordinal))
            {
                UnixFileMode mode = File.GetUnixFileMode($"{work}/{file}");
                files.Add(($"{Files}/{file}", await File.ReadAllBytesAsync($"{work}/{file}"), mode));
                script.Append("\tbramble_put ").Append(mode.HasFlag(UnixFileMode.OtherRead) ? "022" : "077").Append(' ').Append(file).Append('\n');
            }

            files.Add(($"scripts/{ScriptName}", Encoding.UTF8.GetBytes(script.Append(ScriptEnd).ToString()), (UnixFileMode)0b110_100_100));
            return (InitramfsArchive.Pack(files), steps);
        }
        finally
        {
            await disk.DeleteAsync(work);
        }
    }
}
