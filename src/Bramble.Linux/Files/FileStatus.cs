using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>The part of statx(2) that is used here.</summary>
internal readonly unsafe struct FileStatus
{
    private readonly StatxResult _result;

    private FileStatus(in StatxResult result)
    {
        _result = result;
    }

    internal uint User => _result.User;

    internal uint Group => _result.Group;

    internal ulong Inode => _result.Inode;

    internal long Size => (long)_result.Size;

    internal UnixFileMode Mode => (UnixFileMode)(_result.Mode & 0xfff);

    internal FileKind Kind => _result.Type switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0xa000 => FileKind.Symlink,
        _ => FileKind.Special,
    };

    /// <summary>Of an open file.</summary>
    internal static FileStatus Of(SafeFileHandle file, string what)
    {
        StatxResult result;
        if (Libc.Statx(file, "", Libc.AtEmptyPath, Libc.StatxBasic, &result) != 0)
            throw SystemCallException.Last($"stat {what}");
        return new FileStatus(result);
    }

    /// <summary>Of a name in a folder; a symlink is not followed.</summary>
    internal static bool TryGet(SafeFileHandle folder, string name, out FileStatus status)
    {
        StatxResult result;
        bool isThere = Libc.Statx(folder, name, Libc.AtSymlinkNofollow, Libc.StatxBasic, &result) == 0;
        status = isThere ? new FileStatus(result) : default;
        return isThere;
    }

    /// <summary>Of a path; a symlink at its end is not followed.</summary>
    internal static bool TryGet(string path, out FileStatus status)
    {
        StatxResult result;
        bool isThere = Libc.Statx(Libc.AtFdCwd, path, Libc.AtSymlinkNofollow, Libc.StatxBasic, &result) == 0;
        status = isThere ? new FileStatus(result) : default;
        return isThere;
    }
}
