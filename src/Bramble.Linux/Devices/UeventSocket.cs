using System.Text;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Devices;

/// <summary>
/// News about devices that come and go (NETLINK_KOBJECT_UEVENT; no right is needed to listen): the kernel's at once, and udev's, of the same
/// device, once its rules have been applied and its node has the rights that it will have.
/// </summary>
public sealed unsafe class UeventSocket : IPollSource, IDisposable
{
    private const int ProtocolUevent = 15;
    private const uint Groups = 1 | 2; // The kernel's, and udev's.
    private const string UdevPrefix = "libudev\0";

    private int _fd;

    private UeventSocket(int fd) => _fd = fd;

    /// <inheritdoc/>
    public int FileDescriptor => _fd;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SystemCallException">The system has no such sockets, or does not allow them.</exception>
    public static UeventSocket Open()
    {
        int fd = Libc.Socket(Libc.AddressFamilyNetlink, Libc.SockDgram | Libc.SockCloseOnExec | Libc.SockNonBlock, ProtocolUevent);
        if (fd < 0)
        {
            throw SystemCallException.Last("socket for device events");
        }

        // struct sockaddr_nl: family, padding, port (chosen by the kernel), groups.
        uint* address = stackalloc uint[3] { Libc.AddressFamilyNetlink, 0, Groups };
        if (Libc.Bind(fd, address, 12) < 0)
        {
            SystemCallException failure = SystemCallException.Last("bind for device events");
            _ = Libc.Close(fd);
            throw failure;
        }

        return new UeventSocket(fd);
    }

    /// <summary>Reads all news there are.</summary>
    /// <param name="subsystems">Kinds of devices, such as <c>gpio</c>.</param>
    /// <returns>What there was about devices of these kinds that came or went.</returns>
    public DeviceNews Drain(ReadOnlySpan<string> subsystems)
    {
        DeviceNews news = DeviceNews.None;
        byte* buffer = stackalloc byte[8192];
        while (true)
        {
            nint length = Libc.Read(_fd, buffer, 8192);
            if (length < 0)
            {
                // Too many at once were lost (ENOBUFS): one of them may have been ours.
                int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
                return error is Errno.Again or Errno.Interrupted ? news : DeviceNews.Early;
            }

            if (length == 0)
            {
                return news;
            }

            DeviceNews one = About(Encoding.ASCII.GetString(buffer, (int)length), subsystems);
            news = one == DeviceNews.None ? news : one;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    /// <summary>
    /// The kernel's message is <c>ACTION@PATH</c> and then <c>KEY=VALUE</c>, each ended by a zero; udev's is a header that begins with
    /// <c>libudev</c> and then the same.
    /// </summary>
    internal static DeviceNews About(string message, ReadOnlySpan<string> subsystems)
    {
        bool fromUdev = message.StartsWith(UdevPrefix, StringComparison.Ordinal);
        bool comesOrGoes = message.Contains("ACTION=add\0", StringComparison.Ordinal)
            || message.Contains("ACTION=remove\0", StringComparison.Ordinal)
            || message.Contains("ACTION=bind\0", StringComparison.Ordinal);
        if (comesOrGoes)
        {
            foreach (string subsystem in subsystems)
            {
                if (message.Contains($"\0SUBSYSTEM={subsystem}\0", StringComparison.Ordinal) || message.EndsWith($"\0SUBSYSTEM={subsystem}", StringComparison.Ordinal))
                {
                    return fromUdev ? DeviceNews.Settled : DeviceNews.Early;
                }
            }
        }

        return DeviceNews.None;
    }
}
