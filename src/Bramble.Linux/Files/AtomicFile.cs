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
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            // A secret must not be readable for a moment either: the file is born closed to others.
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly & mode, BufferSize = 0 };
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(content);
                File.SetUnixFileMode(stream.SafeFileHandle, mode);
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(folder);
    }

    /// <summary>Makes the names in a folder durable: a rename or removal before this call survives a power cut.</summary>
    /// <exception cref="SystemCallException">The folder cannot be opened, or the disk refuses.</exception>
    public static void SyncFolder(string folder) => Sync(folder, wholeFilesystem: false);

    /// <summary>Makes everything durable that was written to the filesystem of this folder.</summary>
    /// <exception cref="SystemCallException">The folder cannot be opened, or the disk refuses.</exception>
    public static void SyncFilesystem(string folder) => Sync(folder, wholeFilesystem: true);

    private static void Sync(string folder, bool wholeFilesystem)
    {
        int fd = Syscalls.Open(folder, Syscalls.OpenReadOnly | Syscalls.OpenDirectory | Syscalls.OpenCloseOnExec, 0);
        if (fd < 0)
            throw SystemCallException.Last($"open {folder}");
        try
        {
            if ((wholeFilesystem ? Syscalls.Syncfs(fd) : Syscalls.Fsync(fd)) != 0)
                throw SystemCallException.Last($"sync {folder}");
        }
        finally
        {
            _ = Syscalls.Close(fd);
        }
    }
}
