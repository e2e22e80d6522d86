using System.Text;
using Bramble.Linux.Files;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Btrfs;

/// <summary>Subvolumes and snapshots of btrfs, through its ioctls (<c>include/uapi/linux/btrfs.h</c>).</summary>
public static unsafe class BtrfsSubvolume
{
    private const int ArgumentsLength = 4096;
    private const int NameOffset = 56;
    private const int DestroyNameOffset = 8;
    private const int NameLimit = 255;
    private const ulong RootInode = 256;

    // _IOW(0x94, 24 | 23 | 15, 4096 bytes)
    private const nuint SubvolumeCreateV2 = 0x50009418;
    private const nuint SnapshotCreateV2 = 0x50009417;
    private const nuint SnapshotDestroy = 0x5000940F;

    // _IOR(0x94, 24, 8 bytes), _IOW(0x94, 22, 8 bytes)
    private const nuint StartSync = 0x80089418;
    private const nuint WaitSync = 0x40089416;

    /// <summary>Whether a folder is on btrfs.</summary>
    public static bool IsBtrfs(string folder) => new DriveInfo(folder).DriveFormat == "btrfs";

    /// <summary>Whether a folder is the top of a subvolume.</summary>
    public static bool IsSubvolume(string folder) =>
        FileStatus.TryGet(folder, out FileStatus status) && status.Kind == FileKind.Folder && status.Inode == RootInode && IsBtrfs(folder);

    /// <summary>Makes an empty subvolume.</summary>
    /// <exception cref="SystemCallException">It is there already, or the filesystem is not btrfs.</exception>
    public static void Create(string path) => Call(path, SubvolumeCreateV2, NameOffset, sourceFd: 0);

    /// <summary>Makes a writable snapshot of a subvolume; takes the same few milliseconds whatever its size.</summary>
    /// <exception cref="SystemCallException">The source is no subvolume, or the target is there already.</exception>
    public static void Snapshot(string source, string path)
    {
        using SafeFileHandle handle = OpenFolder(source);
        Call(path, SnapshotCreateV2, NameOffset, handle.DangerousGetHandle());
    }

    /// <summary>Removes a subvolume with all that is in it; space comes back in the background.</summary>
    /// <exception cref="SystemCallException">It is not there, or holds another subvolume.</exception>
    public static void Delete(string path) => Call(path, SnapshotDestroy, DestroyNameOffset, sourceFd: 0);

    /// <summary>
    /// Makes every change of names and subvolumes durable, and the content of files that were flushed. Unlike syncfs(2) it does not wait for what others
    /// have written to their files and not flushed.
    /// </summary>
    /// <param name="folder">Any folder of the filesystem.</param>
    /// <exception cref="SystemCallException">The filesystem is not btrfs, or the disk refuses.</exception>
    public static void Commit(string folder)
    {
        using SafeFileHandle handle = OpenFolder(folder);
        ulong transaction = 0;
        if (Libc.Ioctl(handle, StartSync, &transaction) != 0 || Libc.Ioctl(handle, WaitSync, &transaction) != 0)
            throw SystemCallException.Last($"commit {folder}");
    }

    private static SafeFileHandle OpenFolder(string path)
    {
        SafeFileHandle handle = Libc.OpenHandle(path, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenCloseOnExec);
        return handle.IsInvalid ? throw SystemCallException.Last($"open {path}") : handle;
    }

    private static void Call(string path, nuint request, int nameOffset, long sourceFd)
    {
        string full = Path.GetFullPath(path).TrimEnd('/');
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(full));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, NameLimit, nameof(path));
        using SafeFileHandle parent = OpenFolder(Path.GetDirectoryName(full)!);
        Span<byte> arguments = stackalloc byte[ArgumentsLength];
        arguments.Clear();
        BitConverter.TryWriteBytes(arguments, sourceFd);
        name.CopyTo(arguments[nameOffset..]);
        fixed (byte* pointer = arguments)
        {
            if (Libc.Ioctl(parent, request, pointer) != 0)
                throw SystemCallException.Last($"btrfs subvolume {full}");
        }
    }
}
