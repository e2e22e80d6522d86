using Bramble.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Dhcp.Leases;

/// <summary>The real file, locked against a second server for as long as it is open.</summary>
internal sealed class LeaseFile : ILeaseFile
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly string _path;
    private SafeFileHandle _file;
    private bool _isFolderDirty;

    private LeaseFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    private string TemporaryPath => _path + ".new";

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="initial">What is put into it if it is not there.</param>
    public static LeaseFile Open(string path, ReadOnlySpan<byte> initial)
    {
        if (!File.Exists(path))
        {
            AtomicFile.WriteAllBytes(path, initial, Mode);
        }

        // FileShare.None is an exclusive lock: two servers on one book would give one address twice.
        return new LeaseFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
    }

    public byte[] ReadAll()
    {
        byte[] content = new byte[RandomAccess.GetLength(_file)];
        int read = 0;
        while (read < content.Length && RandomAccess.Read(_file, content.AsSpan(read), read) is > 0 and int count)
        {
            read += count;
        }

        return read == content.Length ? content : content[..read];
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        if (_isFolderDirty)
        {
            // Its name must be durable before anything that is written to it counts.
            AtomicFile.SyncFolder(Path.GetDirectoryName(_path)!);
            _isFolderDirty = false;
        }

        RandomAccess.Write(_file, data, offset);
        RandomAccess.FlushToDisk(_file);
    }

    public void Cut(long length)
    {
        RandomAccess.SetLength(_file, length);
        RandomAccess.FlushToDisk(_file);
    }

    public void Replace(ReadOnlySpan<byte> content)
    {
        // The new file is locked before it takes the old one's name, and stays open: there is no moment without a lock.
        SafeFileHandle replacement = File.OpenHandle(TemporaryPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        try
        {
            File.SetUnixFileMode(replacement, Mode);
            RandomAccess.Write(replacement, content, 0);
            RandomAccess.FlushToDisk(replacement);
            File.Move(TemporaryPath, _path, overwrite: true);
        }
        catch
        {
            replacement.Dispose();
            File.Delete(TemporaryPath);
            throw;
        }

        _file.Dispose();
        _file = replacement;
        _isFolderDirty = true;
    }

    public void Dispose() => _file.Dispose();
}
