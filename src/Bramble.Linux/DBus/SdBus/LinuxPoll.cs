using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>poll(2) and eventfd(2): what the connection's thread sleeps on.</summary>
internal static unsafe partial class LinuxPoll
{
    public const short In = 1;
    public const int Interrupted = 4;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    /// <summary>struct pollfd.</summary>
    internal struct Entry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    public static int NewEvent()
    {
        int fd = eventfd(0, CloseOnExec | NonBlocking);
        return fd >= 0 ? fd : throw new IOException("eventfd failed: " + Marshal.GetLastPInvokeErrorMessage());
    }

    public static void Raise(int fd)
    {
        ulong one = 1;
        _ = write(fd, &one, sizeof(ulong));
    }

    public static void Clear(int fd)
    {
        ulong count;
        _ = read(fd, &count, sizeof(ulong));
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(Entry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nuint count);
}
