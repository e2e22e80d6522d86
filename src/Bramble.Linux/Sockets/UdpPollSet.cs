using System.Runtime.InteropServices;
using Bramble.Linux.Native;

namespace Bramble.Linux.Sockets;

/// <summary>Waits with poll(2) for several sockets, and for a call from another thread. Belongs to one loop but for <see cref="Wake"/>.</summary>
public sealed unsafe class UdpPollSet : IDisposable
{
    private readonly int _eventFd;
    private PollFd[] _entries;
    private int _disposed;

    /// <summary>Makes a set without sockets.</summary>
    public UdpPollSet()
    {
        _eventFd = Libc.EventFd(0, Libc.SockNonBlock | Libc.SockCloseOnExec);
        if (_eventFd < 0)
        {
            throw new IOException($"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _entries = [new PollFd { Fd = _eventFd, Events = Libc.PollIn }];
    }

    /// <summary>Sets the sockets to wait for; their order is their index.</summary>
    public void SetSockets(IReadOnlyList<UdpSocket> sockets)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        SetDescriptors([.. sockets.Select(s => s.Descriptor)]);
    }

    /// <summary>Sets the descriptors to wait for; their order is their index. One of -1 is never ready.</summary>
    public void SetDescriptors(ReadOnlySpan<int> descriptors)
    {
        var entries = new PollFd[1 + descriptors.Length];
        entries[0] = _entries[0];
        for (int i = 0; i < descriptors.Length; i++)
        {
            entries[1 + i] = new PollFd { Fd = descriptors[i], Events = Libc.PollIn };
        }

        _entries = entries;
    }

    /// <summary>Waits until a socket is readable, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <returns>True if <see cref="Wake"/> was called since the last wait.</returns>
    public bool Wait(int timeoutMilliseconds)
    {
        fixed (PollFd* entries = _entries)
        {
            if (Libc.Poll(entries, (nuint)_entries.Length, timeoutMilliseconds) <= 0)
            {
                for (int i = 0; i < _entries.Length; i++)
                {
                    entries[i].Returned = 0;
                }

                return false;
            }
        }

        if (_entries[0].Returned == 0)
        {
            return false;
        }

        ulong value;
        _ = Libc.Read(_eventFd, &value, sizeof(ulong));
        return true;
    }

    /// <summary>True if the socket of that index was ready in the last <see cref="Wait"/>.</summary>
    public bool IsReady(int index) => _entries[index + 1].Returned != 0;

    /// <summary>Ends the running or the next <see cref="Wait"/>. Safe from any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_eventFd, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ = Libc.Close(_eventFd);
        }
    }
}
