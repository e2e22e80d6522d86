using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Linux.Devices;

/// <summary>The kernel's news about devices that come and go (NETLINK_KOBJECT_UEVENT; no right is needed to listen).</summary>
public sealed unsafe class UeventSocket : IPollSource, IDisposable
{
    private const int FamilyNetlink = 16;
    private const int TypeDatagram = 2;
    private const int CloseOnExec = 0x80000;
    private const int ProtocolUevent = 15;
    private const uint GroupKernel = 1;

    private int _fd;

    private UeventSocket(int fd) => _fd = fd;

    /// <inheritdoc/>
    public int FileDescriptor => _fd;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SystemCallException">The system has no such sockets, or does not allow them.</exception>
    public static UeventSocket Open()
    {
        int fd = DeviceCalls.Socket(FamilyNetlink, TypeDatagram | CloseOnExec | DeviceCalls.OpenNonBlocking, ProtocolUevent);
        if (fd < 0)
        {
            throw SystemCallException.Last("socket for device events");
        }

        // struct sockaddr_nl: family, padding, port (chosen by the kernel), groups.
        uint* address = stackalloc uint[3] { FamilyNetlink, 0, GroupKernel };
        if (DeviceCalls.Bind(fd, address, 12) < 0)
        {
            SystemCallException failure = SystemCallException.Last("bind for device events");
            _ = Syscalls.Close(fd);
            throw failure;
        }

        return new UeventSocket(fd);
    }

    /// <summary>Reads all news there are.</summary>
    /// <returns>True if one was about a device that came or went, of one of these kinds.</returns>
    /// <param name="subsystems">Kinds of devices, such as <c>gpio</c>.</param>
    public bool Drain(ReadOnlySpan<string> subsystems)
    {
        bool concerns = false;
        byte* buffer = stackalloc byte[8192];
        while (true)
        {
            nint length = DeviceCalls.Read(_fd, buffer, 8192);
            if (length < 0)
            {
                // Too many at once were lost (ENOBUFS): one of them may have been ours.
                int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
                return concerns || error is not (DeviceCalls.ErrorAgain or DeviceCalls.ErrorInterrupted);
            }

            if (length == 0)
            {
                return concerns;
            }

            concerns |= Concerns(Encoding.ASCII.GetString(buffer, (int)length), subsystems);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Syscalls.Close(_fd);
            _fd = -1;
        }
    }

    /// <summary>A message is <c>ACTION@PATH</c> and then <c>KEY=VALUE</c>, each ended by a zero.</summary>
    internal static bool Concerns(string message, ReadOnlySpan<string> subsystems)
    {
        bool comesOrGoes = message.StartsWith("add@", StringComparison.Ordinal)
            || message.StartsWith("remove@", StringComparison.Ordinal)
            || message.StartsWith("bind@", StringComparison.Ordinal);
        if (!comesOrGoes)
        {
            return false;
        }

        foreach (string subsystem in subsystems)
        {
            if (message.Contains($"\0SUBSYSTEM={subsystem}\0", StringComparison.Ordinal) || message.EndsWith($"\0SUBSYSTEM={subsystem}", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
