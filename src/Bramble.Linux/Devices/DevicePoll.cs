using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Devices;

/// <summary>Waits for several devices at once (poll(2)). <see cref="Wake"/> may be called from any thread, the rest from one.</summary>
public sealed unsafe class DevicePoll : IDisposable
{
    private readonly int _wake;

    /// <summary>Ready to wait.</summary>
    /// <exception cref="SystemCallException">Too many open files.</exception>
    public DevicePoll()
    {
        _wake = Libc.EventFd(0, Libc.SockCloseOnExec | Libc.SockNonBlock);
        if (_wake < 0)
        {
            throw SystemCallException.Last("eventfd");
        }
    }

    /// <summary>Waits until one of the sources can be read or is gone, until <see cref="Wake"/>, or until the time is over.</summary>
    /// <param name="sources">What to wait for; null is left out.</param>
    /// <param name="timeout">At most so long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public void Wait(ReadOnlySpan<IPollSource?> sources, TimeSpan timeout)
    {
        PollFd* fds = stackalloc PollFd[sources.Length + 1];
        fds[0] = new PollFd { Fd = _wake, Events = Libc.PollIn };
        for (int i = 0; i < sources.Length; i++)
        {
            // The kernel leaves out those below zero.
            fds[i + 1] = new PollFd { Fd = sources[i]?.FileDescriptor ?? -1, Events = Libc.PollIn };
        }

        // Rounded up: a wait that ends too early would only be begun again.
        int milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalMilliseconds));
        int ready = Libc.Poll(fds, (nuint)(sources.Length + 1), milliseconds);
        if (ready < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw SystemCallException.Last("poll");
        }

        if (ready > 0 && fds[0].Returned != 0)
        {
            ulong count;
            _ = Libc.Read(_wake, &count, sizeof(ulong));
        }
    }

    /// <summary>Ends a wait that is on its way, or the next one.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_wake);
}
