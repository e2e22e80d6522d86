using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Mounts;

/// <summary>A mounted filesystem; disposing it unmounts it.</summary>
public sealed class MountPoint : IDisposable
{
    private const int UmountNoFollow = 8;
    private const int UmountDetach = 2;

    private bool _mounted = true;

    private MountPoint(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Mounts a block device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="type">Filesystem, such as <c>ext4</c>.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="options">Options of the filesystem, comma-separated.</param>
    /// <exception cref="SystemCallException">The kernel refused, most often because the filesystem is damaged.</exception>
    public static MountPoint Mount(string device, string folder, string type, MountFlags flags, string options) =>
        Libc.Mount(device, folder, type, (nuint)(uint)flags, options) == 0 ? new MountPoint(folder) : throw SystemCallException.Last($"mount {device}");

    /// <summary>Unmounts whatever an earlier process left mounted at or below a folder.</summary>
    public static void DetachAllBelow(string folder)
    {
        string prefix = Path.GetFullPath(folder).TrimEnd('/') + "/";
        List<string> points = [];
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            if (MountPointOf(line) is { } point && (point + "/").StartsWith(prefix, StringComparison.Ordinal))
                points.Add(point);
        }

        for (int i = points.Count - 1; i >= 0; i--)
            _ = Libc.Umount(points[i], UmountNoFollow | UmountDetach);
    }

    /// <summary>Unmounts. What was written is on the disk afterwards.</summary>
    /// <exception cref="SystemCallException">Still in use after two seconds; it is then detached when disposed.</exception>
    public void Unmount()
    {
        // An indexer or a virus scanner may look in for a moment.
        for (int attempt = 0; ; attempt++)
        {
            if (Libc.Umount(Folder, UmountNoFollow) == 0)
                break;
            if (attempt >= 20 || Marshal.GetLastPInvokeError() != Errno.Busy)
                throw SystemCallException.Last($"unmount {Folder}");
            Thread.Sleep(100);
        }

        _mounted = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_mounted)
            return;
        _mounted = false;
        if (Libc.Umount(Folder, UmountNoFollow) != 0)
            _ = Libc.Umount(Folder, UmountNoFollow | UmountDetach);
    }

    /// <summary>Fifth field of a line of mountinfo (proc(5)), with its octal escapes undone.</summary>
    internal static string? MountPointOf(string line)
    {
        string[] fields = line.Split(' ');
        if (fields.Length < 5)
            return null;
        return fields[4].Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
    }
}
