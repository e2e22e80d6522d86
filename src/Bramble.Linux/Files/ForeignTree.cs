using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// A folder tree whose content somebody else made, such as the root filesystem of another machine, edited by a process of the host's root.
/// Every path is resolved as the other machine would (openat2 with RESOLVE_IN_ROOT): no symbolic link, absolute or with "..", leads out of
/// the tree, also not when the tree changes meanwhile. A link as the last component is replaced by a write, never followed.
/// </summary>
/// <remarks>Paths are relative to the tree, without a leading slash. Not thread-safe.</remarks>
public sealed unsafe class ForeignTree : IDisposable
{
    private readonly int _root;
    private bool _closed;

    private ForeignTree(int root, string path)
    {
        _root = root;
        FolderPath = path;
    }

    /// <summary>Absolute path of the tree, for messages.</summary>
    public string FolderPath { get; }

    /// <summary>Opens a tree.</summary>
    /// <exception cref="SystemCallException">It is not there or not a folder.</exception>
    public static ForeignTree Open(string folder)
    {
        int fd = Syscalls.Open(folder, Syscalls.OpenReadOnly | Syscalls.OpenDirectory | Syscalls.OpenNoFollow | Syscalls.OpenCloseOnExec, 0);
        return fd >= 0 ? new ForeignTree(fd, folder) : throw SystemCallException.Last($"open {folder}");
    }

    /// <summary>What is there, without following a link as the last component; null if nothing is, or its folder is not.</summary>
    public FileKind? Kind(string path)
    {
        using Folder? parent = OpenParent(path, out string name);
        return parent is not null && FileStatus.TryGet(parent.Fd, name, out FileStatus status) ? status.Kind : null;
    }

    /// <summary>Permissions of a file, without following a link at its end; null if there is nothing.</summary>
    public UnixFileMode? Mode(string path)
    {
        using Folder? parent = OpenParent(path, out string name);
        return parent is not null && FileStatus.TryGet(parent.Fd, name, out FileStatus status) ? status.Mode : null;
    }

    /// <summary>Whether the path leads to something, links followed inside the tree.</summary>
    public bool Exists(string path)
    {
        int fd = Resolve(path, Syscalls.OpenPath);
        if (fd >= 0)
            _ = Syscalls.Close(fd);
        return fd >= 0;
    }

    /// <summary>Content of a regular file, links followed inside the tree; null if there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">Bytes that are read at most.</param>
    public byte[]? ReadFile(string path, int limit = 1 << 20)
    {
        using SafeFileHandle? handle = OpenFile(path);
        if (handle is null)
            return null;
        byte[] content = new byte[(int)Math.Min(RandomAccess.GetLength(handle), limit)];
        int length = 0;
        while (length < content.Length)
        {
            int read = RandomAccess.Read(handle, content.AsSpan(length), length);
            if (read == 0)
                break;
            length += read;
        }

        return length == content.Length ? content : content[..length];
    }

    /// <summary>Opens a regular file for reading, links followed inside the tree; null if there is none. Devices and FIFOs are never opened.</summary>
    public SafeFileHandle? OpenFile(string path)
    {
        int fd = Resolve(path, Syscalls.OpenPath);
        if (fd < 0)
            return null;
        try
        {
            return FileStatus.Of(fd, path).Kind == FileKind.Regular ? File.OpenHandle($"/proc/self/fd/{fd}") : null;
        }
        finally
        {
            _ = Syscalls.Close(fd);
        }
    }

    /// <summary>
    /// Finds a file or folder, links on the way followed inside the tree; null if there is none. A child process reaches it as
    /// <c>/proc/PID/fd/NUMBER</c>, whatever becomes of its path meanwhile.
    /// </summary>
    public SafeFileHandle? Find(string path)
    {
        int fd = Resolve(path, Syscalls.OpenPath);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Finds a folder, and makes it and those above it where they are not there.</summary>
    /// <exception cref="SystemCallException">It cannot be made.</exception>
    public SafeFileHandle MakeFolder(string path)
    {
        using Folder parent = MakeParent($"{path}/.made", out _);
        return Find(path) ?? throw SystemCallException.Last($"open {FolderPath}/{path}");
    }

    /// <summary>Names in a folder, links followed inside the tree; empty if there is none.</summary>
    public IReadOnlyList<string> List(string path)
    {
        int fd = Resolve(path, Syscalls.OpenReadOnly | Syscalls.OpenDirectory);
        if (fd < 0)
            return [];
        try
        {
            List<string> names = [];
            foreach (string entry in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{fd}"))
                names.Add(Path.GetFileName(entry));
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        finally
        {
            _ = Syscalls.Close(fd);
        }
    }

    /// <summary>Target of a symbolic link; null if there is none.</summary>
    public string? ReadLink(string path)
    {
        using Folder? parent = OpenParent(path, out string name);
        if (parent is null)
            return null;
        byte* buffer = stackalloc byte[4096];
        nint length = Syscalls.ReadLinkAt(parent.Fd, name, buffer, 4096);
        return length < 0 ? null : System.Text.Encoding.UTF8.GetString(buffer, (int)length);
    }

    /// <summary>Writes a file at once (temporary file, rename). Owner and permissions of a file that was there are kept; folders on the way are made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Permissions; null keeps those of the file that was there, 0644 if none was.</param>
    /// <returns>False if the same content and permissions were there already.</returns>
    public bool WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        using Folder parent = MakeParent(path, out string name);
        uint user = 0;
        uint group = 0;
        UnixFileMode wanted = mode ?? (UnixFileMode)0b110_100_100;
        if (FileStatus.TryGet(parent.Fd, name, out FileStatus old) && old.Kind == FileKind.Regular)
        {
            user = old.User;
            group = old.Group;
            wanted = mode ?? old.Mode;
            if (old.Mode == wanted && old.Size == content.Length && ReadFile(path, content.Length + 1) is { } same && content.SequenceEqual(same))
                return false;
        }

        string temporary = $".bramble-{Guid.NewGuid():N}";
        int fd = Syscalls.OpenAt(parent.Fd, temporary, Syscalls.OpenWriteOnly | Syscalls.OpenCreate | Syscalls.OpenExclusive | Syscalls.OpenNoFollow | Syscalls.OpenCloseOnExec, 0b110_000_000);
        if (fd < 0)
            throw SystemCallException.Last($"create {FolderPath}/{path}");
        try
        {
            using (SafeFileHandle handle = new(fd, ownsHandle: true))
            {
                RandomAccess.Write(handle, content, 0);
                if (Syscalls.Fchown(fd, user, group) != 0 || Syscalls.Fchmod(fd, (uint)wanted) != 0 || Syscalls.Fsync(fd) != 0)
                    throw SystemCallException.Last($"write {FolderPath}/{path}");
            }

            if (Syscalls.RenameAt(parent.Fd, temporary, parent.Fd, name) != 0)
                throw SystemCallException.Last($"replace {FolderPath}/{path}");
        }
        catch
        {
            _ = Syscalls.UnlinkAt(parent.Fd, temporary, 0);
            throw;
        }

        return true;
    }

    /// <summary>Makes a symbolic link, in place of any file or link that was there; folders on the way are made.</summary>
    /// <returns>False if the same link was there already.</returns>
    public bool WriteSymlink(string path, string target)
    {
        if (ReadLink(path) == target)
            return false;
        using Folder parent = MakeParent(path, out string name);
        string temporary = $".bramble-{Guid.NewGuid():N}";
        if (Syscalls.SymlinkAt(target, parent.Fd, temporary) != 0)
            throw SystemCallException.Last($"link {FolderPath}/{path}");
        if (Syscalls.RenameAt(parent.Fd, temporary, parent.Fd, name) == 0)
            return true;
        SystemCallException failure = SystemCallException.Last($"link {FolderPath}/{path}");
        _ = Syscalls.UnlinkAt(parent.Fd, temporary, 0);
        throw failure;
    }

    /// <summary>Removes a file, link or device; a folder only if it is empty.</summary>
    /// <returns>False if nothing was there.</returns>
    public bool Delete(string path)
    {
        using Folder? parent = OpenParent(path, out string name);
        if (parent is null || !FileStatus.TryGet(parent.Fd, name, out FileStatus status))
            return false;
        return Syscalls.UnlinkAt(parent.Fd, name, status.Kind == FileKind.Folder ? Syscalls.AtRemoveDir : 0) == 0
            ? true
            : throw SystemCallException.Last($"remove {FolderPath}/{path}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        _ = Syscalls.Close(_root);
    }

    private int Resolve(string path, int flags)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        // RESOLVE_IN_ROOT gives EAGAIN when a rename elsewhere raced with "..": the kernel could not rule out an escape. Try again.
        for (int attempt = 0; ; attempt++)
        {
            int fd = Syscalls.OpenAt2(_root, path.Length == 0 ? "." : path, flags | Syscalls.OpenCloseOnExec, Syscalls.ResolveInRoot | Syscalls.ResolveNoMagicLinks);
            if (fd >= 0 || attempt >= 100 || Marshal.GetLastPInvokeError() != 11)
                return fd;
        }
    }

    private Folder? OpenParent(string path, out string name)
    {
        string folder = Split(path, out name);
        int fd = Resolve(folder, Syscalls.OpenPath | Syscalls.OpenDirectory);
        return fd >= 0 ? new Folder(fd) : null;
    }

    private Folder MakeParent(string path, out string name)
    {
        string folder = Split(path, out name);
        int fd = Resolve(folder, Syscalls.OpenReadOnly | Syscalls.OpenDirectory);
        if (fd >= 0)
            return new Folder(fd);
        if (Marshal.GetLastPInvokeError() != Syscalls.ErrorNoEntry || folder.Length == 0)
            throw SystemCallException.Last($"open {FolderPath}/{folder}");
        using (Folder above = MakeParent(folder, out string last))
        {
            // EEXIST here is a link that leads nowhere inside the tree: the second try below then says so.
            if (Syscalls.MkdirAt(above.Fd, last, 0b111_101_101) != 0 && Marshal.GetLastPInvokeError() != Syscalls.ErrorExists)
                throw SystemCallException.Last($"make folder {FolderPath}/{folder}");
        }

        fd = Resolve(folder, Syscalls.OpenReadOnly | Syscalls.OpenDirectory);
        return fd >= 0 ? new Folder(fd) : throw SystemCallException.Last($"open {FolderPath}/{folder} (a link that leads nowhere inside the tree?)");
    }

    private static string Split(string path, out string name)
    {
        string trimmed = path.Trim('/');
        int slash = trimmed.LastIndexOf('/');
        name = trimmed[(slash + 1)..];
        if (name is "" or "." or "..")
            throw new ArgumentException($"\"{path}\" is not the path of a file.", nameof(path));
        return slash < 0 ? "" : trimmed[..slash];
    }

    private sealed class Folder(int fd) : IDisposable
    {
        public int Fd { get; } = fd;

        public void Dispose() => _ = Syscalls.Close(Fd);
    }
}
