namespace Bramble.Linux.Files;

/// <summary>The part of statx(2) that is used here.</summary>
internal readonly unsafe struct FileStatus
{
    private const uint BasicStats = 0x7ff;
    private const int TypeMask = 0xf000;

    private FileStatus(ushort mode, uint user, uint group, ulong inode, long size)
    {
        RawMode = mode;
        User = user;
        Group = group;
        Inode = inode;
        Size = size;
    }

    internal ushort RawMode { get; }

    internal uint User { get; }

    internal uint Group { get; }

    internal ulong Inode { get; }

    internal long Size { get; }

    internal UnixFileMode Mode => (UnixFileMode)(RawMode & 0xfff);

    internal FileKind Kind => (RawMode & TypeMask) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0xa000 => FileKind.Symlink,
        _ => FileKind.Special,
    };

    /// <summary>Of an open descriptor.</summary>
    internal static FileStatus Of(int fd, string what)
    {
        if (TryGet(fd, "", Syscalls.AtEmptyPath, out FileStatus status))
            return status;
        throw SystemCallException.Last($"stat {what}");
    }

    /// <summary>Of a name; the last component is not followed.</summary>
    internal static bool TryGet(int folder, string name, out FileStatus status) => TryGet(folder, name, Syscalls.AtSymlinkNofollow, out status);

    private static bool TryGet(int folder, string name, int flags, out FileStatus status)
    {
        // struct statx: uid at 20, gid at 24, mode at 28, ino at 32, size at 40.
        byte* buffer = stackalloc byte[256];
        if (Syscalls.Statx(folder, name, flags, BasicStats, buffer) != 0)
        {
            status = default;
            return false;
        }

        status = new FileStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24), *(ulong*)(buffer + 32), *(long*)(buffer + 40));
        return true;
    }
}
