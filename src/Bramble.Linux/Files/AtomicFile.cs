using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>Files that are either the old or the new one, also after a power cut: temporary file, fsync, rename, fsync of the folder.</summary>
public static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file, or makes it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Its permissions, exactly (the umask does not count).</param>
    /// <exception cref="IOException">Nothing has changed then.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => WriteAllBytes(path, content, mode, null);

    /// <summary>Replaces the file, or makes it, on a filesystem that has no permissions, such as FAT: it refuses to be given any.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <exception cref="IOException">Nothing has changed then.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content) => Write(path, content, null, null);

    /// <summary>Replaces the file, or makes it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Its permissions, exactly (the umask does not count).</param>
    /// <param name="beforeStep">Told before each change of the folder; what it throws stops there. For tests.</param>
    /// <exception cref="IOException">Nothing has changed then.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, UnixFileMode mode, Action<string>? beforeStep) => Write(path, content, mode, beforeStep);

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode, Action<string>? beforeStep)
    {
        string temporary = TemporaryFor(path, out string full, out string folder);
        try
        {
            // A secret must not be readable for a moment either: the file is born closed to others.
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode is null ? OwnerOnly : OwnerOnly & mode, BufferSize = 0 };
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(content);
                if (mode is { } wanted)
                    File.SetUnixFileMode(stream.SafeFileHandle, wanted);
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            beforeStep?.Invoke($"rename to {full}");
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            Withdraw(temporary, e, beforeStep);
            throw;
        }

        beforeStep?.Invoke($"sync after rename to {full}");
        SyncFolder(folder);
    }

    /// <summary>Makes a symbolic link, or lets the one that is there lead elsewhere.</summary>
    /// <param name="path">The link; its folder must exist.</param>
    /// <param name="target">Where it leads.</param>
    /// <param name="beforeStep">Told before each change of the folder; what it throws stops there. For tests.</param>
    /// <exception cref="IOException">Nothing has changed then.</exception>
    public static void WriteSymlink(string path, string target, Action<string>? beforeStep = null)
    {
        string temporary = TemporaryFor(path, out string full, out string folder);
        try
        {
            File.CreateSymbolicLink(temporary, target);
            beforeStep?.Invoke($"rename to {full}");
            Rename(temporary, full);
        }
        catch (Exception e)
        {
            Withdraw(temporary, e, beforeStep);
            throw;
        }

        beforeStep?.Invoke($"sync after rename to {full}");
        SyncFolder(folder);
    }

    /// <summary>Renames a file or folder inside one filesystem; one that lies elsewhere is refused, not copied.</summary>
    /// <param name="from">What is there.</param>
    /// <param name="to">Its new path; nothing, or a file that is replaced.</param>
    /// <exception cref="SystemCallException">Nothing has changed then.</exception>
    public static void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) != 0)
            throw SystemCallException.Last($"rename {from} to {to}");
    }

    /// <summary>Makes the names in a folder durable: a rename or removal before this call survives a power cut.</summary>
    /// <exception cref="SystemCallException">The folder cannot be opened, or the disk refuses.</exception>
    public static void SyncFolder(string folder) => Sync(folder, wholeFilesystem: false);

    /// <summary>Lets two files or folders of one filesystem change places, in one moment.</summary>
    /// <exception cref="SystemCallException">Nothing has changed then.</exception>
    public static void Exchange(string one, string other)
    {
        if (Libc.RenameAt2(Libc.AtFdCwd, one, Libc.AtFdCwd, other, Libc.RenameExchange) != 0)
            throw SystemCallException.Last($"exchange {one} and {other}");
    }

    /// <summary>Makes everything durable that was written to the filesystem of this folder.</summary>
    /// <exception cref="SystemCallException">The folder cannot be opened, or the disk refuses.</exception>
    public static void SyncFilesystem(string folder) => Sync(folder, wholeFilesystem: true);

    private static string TemporaryFor(string path, out string full, out string folder)
    {
        full = Path.GetFullPath(path);
        folder = Path.GetDirectoryName(full)!;
        return Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
    }

    private static void Withdraw(string temporary, Exception reason, Action<string>? beforeStep)
    {
        beforeStep?.Invoke($"delete {temporary} after {reason.Message}");
        File.Delete(temporary);
    }

    private static void Sync(string folder, bool wholeFilesystem)
    {
        using SafeFileHandle handle = Libc.OpenHandle(folder, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenCloseOnExec);
        if (handle.IsInvalid)
            throw SystemCallException.Last($"open {folder}");
        if ((wholeFilesystem ? Libc.Syncfs(handle) : Libc.Fsync(handle)) != 0)
            throw SystemCallException.Last($"sync {folder}");
    }
}
