using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>Open files that came from elsewhere.</summary>
public static class FileDescriptor
{
    private const int DuplicateCloseOnExec = 1030;

    /// <summary>Another descriptor of the same open file, which children do not inherit.</summary>
    /// <exception cref="SystemCallException">There is no such descriptor, or there are too many.</exception>
    public static SafeFileHandle Duplicate(int fd)
    {
        int copy = Syscalls.Fcntl(fd, DuplicateCloseOnExec, 0);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw SystemCallException.Last("take over an open file");
    }

    /// <summary>Reads an open file, pipe or device from where it stands. The stream does not close it.</summary>
    public static Stream OpenRead(SafeFileHandle file) => new DescriptorStream(file);

    /// <summary>Bytes of a file or block device; 0 for what has no length, such as a pipe.</summary>
    public static long Length(SafeFileHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            int fd = (int)file.DangerousGetHandle();
            long here = Syscalls.Seek(fd, 0, Syscalls.SeekCurrent);
            if (here < 0)
                return 0;
            long end = Syscalls.Seek(fd, 0, Syscalls.SeekEnd);
            _ = Syscalls.Seek(fd, here, Syscalls.SeekSet);
            return Math.Max(0, end - here);
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }
}
