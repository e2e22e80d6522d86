using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>Open files that came from elsewhere.</summary>
public static class FileDescriptor
{
    /// <summary>Another descriptor of the same open file, which children do not inherit.</summary>
    /// <exception cref="SystemCallException">There is no such descriptor, or there are too many.</exception>
    public static SafeFileHandle Duplicate(int fd)
    {
        SafeFileHandle copy = Libc.Duplicate(fd);
        return copy.IsInvalid ? throw SystemCallException.Last("duplicate a file descriptor") : copy;
    }

    /// <summary>Makes a folder that only its owner may look into; one that is there stays as it is.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakePrivateFolder(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>Makes a file that only its owner may read, and that was not there.</summary>
    /// <exception cref="IOException">It is there already, or cannot be made.</exception>
    public static SafeFileHandle CreatePrivate(string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <summary>Reads an open file, pipe or device from where it stands. The stream does not close it.</summary>
    public static Stream OpenRead(SafeFileHandle file) => new DescriptorStream(file);

    /// <summary>Bytes of a file or block device; 0 for what has no length, such as a pipe.</summary>
    public static long Length(SafeFileHandle file)
    {
        long here = Libc.Seek(file, 0, Libc.SeekCurrent);
        if (here < 0)
            return 0;
        long end = Libc.Seek(file, 0, Libc.SeekEnd);
        _ = Libc.Seek(file, here, Libc.SeekSet);
        return Math.Max(0, end - here);
    }
}
