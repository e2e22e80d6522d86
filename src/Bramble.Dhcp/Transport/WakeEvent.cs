using System.Runtime.InteropServices;

namespace Bramble.Dhcp.Transport;

/// <summary>An eventfd(2) that lets another thread end the loop's wait.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    private int _fd;

    public WakeEvent()
    {
        _fd = Libc.EventFd(0, Libc.EfdNonblockCloexec);
        if (_fd < 0)
        {
            throw new DhcpServerException($"An eventfd cannot be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    public int Descriptor => _fd;

    public void Set()
    {
        ulong one = 1;
        _ = Libc.Write(_fd, &one, sizeof(ulong));
    }

    public void Reset()
    {
        ulong value;
        _ = Libc.Read(_fd, &value, sizeof(ulong));
    }

    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }
}
