using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Devices;

/// <summary>Waits for several devices at once (poll(2)). <see cref="Wake"/> may be called from any thread, the rest from one.</summary>
public sealed unsafe class DevicePoll : IDisposable
{
    private readonly EventDescriptor _wake = new();

    /// <summary>Waits until one of the sources can be read or is gone, until <see cref="Wake"/>, or until the time is over.</summary>
    /// <param name="sources">What to wait for; null is left out.</param>
    /// <param name="timeout">At most so long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public void Wait(ReadOnlySpan<IPollSource?> sources, TimeSpan timeout)
    {
        PollFd* fds = stackalloc PollFd[sources.Length + 1];
        fds[0] = new PollFd { Fd = _wake.FileDescriptor, Events = Libc.PollIn };
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
            _wake.Clear();
        }
    }

    /// <summary>Ends a wait that is on its way, or the next one.</summary>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}
