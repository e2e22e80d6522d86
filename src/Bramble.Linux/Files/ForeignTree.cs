using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// A folder tree with untrusted content, such as the root filesystem of another machine, edited by a process with root's rights.
/// Every path is resolved as that machine would resolve it (openat2 with RESOLVE_IN_ROOT): no symlink, absolute or with "..", leads out of
/// the tree, even if the tree changes meanwhile. A symlink as the last component is replaced by a write, never followed.
/// </summary>
/// <remarks>
/// Paths are relative to the tree, without a leading slash. Not thread-safe. Only for processes whose unit allows openat2(2), which
/// RestrictSUIDSGID= forbids; see <see cref="BeneathWalk"/> for the boot server's.
/// </remarks>
public sealed unsafe class ForeignTree : IDisposable
{
    private readonly SafeFileHandle _root;

    private ForeignTree(SafeFileHandle root, string path)
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
        SafeFileHandle root = Libc.OpenHandle(folder, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenNoFollow | Libc.OpenCloseOnExec);
        return root.IsInvalid ? throw SystemCallException.Last($"open {folder}") : new ForeignTree(root, folder);
    }

    /// <summary>What is there, without following a link as the last component; null if nothing is, or its folder is not.</summary>
    public FileKind? Kind(string path)
    {
        using SafeFileHandle? parent = OpenParent(path, out string name);
        return parent is not null && FileStatus.TryGet(parent, name, out FileStatus status) ? status.Kind : null;
    }

    /// <summary>Permissions of a file, without following a link at its end; null if there is nothing.</summary>
    public UnixFileMode? Mode(string path)
    {
        using SafeFileHandle? parent = OpenParent(path, out string name);
        return parent is not null && FileStatus.TryGet(parent, name, out FileStatus status) ? status.Mode : null;
    }

    /// <summary>Whether the path leads to something, links followed inside the tree.</summary>
    public bool Exists(string path)
    {
        using SafeFileHandle? found = Find(path);
        return found is not null;
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
        using SafeFileHandle? found = Find(path);
        return found is not null && FileStatus.Of(found, path).Kind == FileKind.Regular ? File.OpenHandle(PathOf(found)) : null;
    }

    /// <summary>
    /// Finds a file or folder, links on the way followed inside the tree; null if there is none. A child process reaches it as
    /// <c>/proc/PID/fd/NUMBER</c>, whatever becomes of its path meanwhile.
    /// </summary>
    public SafeFileHandle? Find(string path) => Resolve(path, Libc.OpenPath);

    /// <summary>Finds a folder, and makes it and those above it where they are not there.</summary>
    /// <exception cref="SystemCallException">It cannot be made.</exception>
    public SafeFileHandle MakeFolder(string path)
    {
        MakeParent($"{path}/.made", out _).Dispose();
        return Find(path) ?? throw SystemCallException.Last($"open {FolderPath}/{path}");
    }

    /// <summary>Names in a folder, links followed inside the tree; empty if there is none.</summary>
    public IReadOnlyList<string> List(string path)
    {
        using SafeFileHandle? folder = Resolve(path, Libc.OpenReadOnly | Libc.OpenDirectory);
        if (folder is null)
            return [];
        List<string> names = [];
        foreach (string entry in Directory.EnumerateFileSystemEntries(PathOf(folder)))
            names.Add(Path.GetFileName(entry));
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Target of a symbolic link; null if there is none.</summary>
    public string? ReadLink(string path)
    {
        using SafeFileHandle? parent = OpenParent(path, out string name);
        if (parent is null)
            return null;
        byte* buffer = stackalloc byte[4096];
        nint length = Libc.ReadLinkAt(parent, name, buffer, 4096);
        return length < 0 ? null : System.Text.Encoding.UTF8.GetString(buffer, (int)length);
    }

    /// <summary>Writes a file at once (temporary file, rename). Owner and permissions of a file that was there are kept; folders on the way are made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">Permissions; null keeps those of the file that was there, 0644 if none was.</param>
    /// <returns>False if the same content and permissions were there already.</returns>
    public bool WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        using SafeFileHandle parent = MakeParent(path, out string name);
        uint user = 0;
        uint group = 0;
        UnixFileMode wanted = mode ?? (UnixFileMode)0b110_100_100;
        if (FileStatus.TryGet(parent, name, out FileStatus old) && old.Kind == FileKind.Regular)
        {
            user = old.User;
            group = old.Group;
            wanted = mode ?? old.Mode;
            if (old.Mode == wanted && old.Size == content.Length && ReadFile(path, content.Length + 1) is { } same && content.SequenceEqual(same))
                return false;
        }

        string temporary = $".bramble-{Guid.NewGuid():N}";
        const int Create = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenCloseOnExec;
        SafeFileHandle file = Libc.OpenAt(parent, temporary, Create | Libc.OpenNoFollow, 0b110_000_000);
        if (file.IsInvalid)
            throw SystemCallException.Last($"create {FolderPath}/{path}");
        try
        {
            using (file)
            {
                RandomAccess.Write(file, content, 0);
                if (Libc.Fchown(file, user, group) != 0 || Libc.Fchmod(file, (uint)wanted) != 0 || Libc.Fsync(file) != 0)
                    throw SystemCallException.Last($"write {FolderPath}/{path}");
            }

            if (Libc.RenameAt(parent, temporary, parent, name) != 0)
                throw SystemCallException.Last($"replace {FolderPath}/{path}");
        }
        catch
        {
            _ = Libc.UnlinkAt(parent, temporary, 0);
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
        using SafeFileHandle parent = MakeParent(path, out string name);
        string temporary = $".bramble-{Guid.NewGuid():N}";
        if (Libc.SymlinkAt(target, parent, temporary) != 0)
            throw SystemCallException.Last($"link {FolderPath}/{path}");
        if (Libc.RenameAt(parent, temporary, parent, name) == 0)
            return true;
        SystemCallException failure = SystemCallException.Last($"link {FolderPath}/{path}");
        _ = Libc.UnlinkAt(parent, temporary, 0);
        throw failure;
    }

    /// <summary>Removes a file, link or device; a folder only if it is empty.</summary>
    /// <returns>False if nothing was there.</returns>
    public bool Delete(string path)
    {
        using SafeFileHandle? parent = OpenParent(path, out string name);
        if (parent is null || !FileStatus.TryGet(parent, name, out FileStatus status))
            return false;
        return Libc.UnlinkAt(parent, name, status.Kind == FileKind.Folder ? Libc.AtRemoveDir : 0) == 0
            ? true
            : throw SystemCallException.Last($"remove {FolderPath}/{path}");
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    private SafeFileHandle? Resolve(string path, int flags)
    {
        ObjectDisposedException.ThrowIf(_root.IsClosed, this);
        // RESOLVE_IN_ROOT fails with EAGAIN if a rename elsewhere raced with "..": the kernel could not rule out an escape. Try again.
        for (int attempt = 0; ; attempt++)
        {
            SafeFileHandle found = Libc.OpenAt2(
                _root,
                path.Length == 0 ? "." : path,
                flags | Libc.OpenCloseOnExec,
                Libc.ResolveInRoot | Libc.ResolveNoMagicLinks);
            if (!found.IsInvalid)
                return found;
            if (attempt >= 100 || Marshal.GetLastPInvokeError() != Errno.Again)
                return null;
        }
    }

    private SafeFileHandle? OpenParent(string path, out string name) => Resolve(Split(path, out name), Libc.OpenPath | Libc.OpenDirectory);

    private SafeFileHandle MakeParent(string path, out string name)
    {
        string folder = Split(path, out name);
        if (Resolve(folder, Libc.OpenReadOnly | Libc.OpenDirectory) is { } there)
            return there;
        if (Marshal.GetLastPInvokeError() != Errno.NoEntry || folder.Length == 0)
            throw SystemCallException.Last($"open {FolderPath}/{folder}");
        using (SafeFileHandle above = MakeParent(folder, out string last))
        {
            // EEXIST here is a link that leads nowhere inside the tree: the second try below reports it.
            if (Libc.MkdirAt(above, last, 0b111_101_101) != 0 && Marshal.GetLastPInvokeError() != Errno.Exists)
                throw SystemCallException.Last($"make folder {FolderPath}/{folder}");
        }

        return Resolve(folder, Libc.OpenReadOnly | Libc.OpenDirectory)
            ?? throw SystemCallException.Last($"open {FolderPath}/{folder} (a link that leads nowhere inside the tree?)");
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
}
