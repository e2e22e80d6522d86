using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Devices;

/// <summary>An eventfd(2): readable from <see cref="Signal"/> until <see cref="Clear"/>.</summary>
internal sealed unsafe class EventDescriptor : IPollSource, IDisposable
{

    /// <summary>Creates one that is not signalled.</summary>
    /// <exception cref="SystemCallException">Too many open files.</exception>
    public EventDescriptor()
    {
        FileDescriptor = Libc.EventFd(0, Libc.SockCloseOnExec | Libc.SockNonBlock);
        if (FileDescriptor < 0)
        {
            throw SystemCallException.Last("eventfd");
        }
    }

    /// <inheritdoc/>
    public int FileDescriptor { get; private set; }

    /// <summary>Makes it readable. May be called from any thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = Libc.Write(FileDescriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable.</summary>
    public void Clear()
    {
        ulong count;
        _ = Libc.Read(FileDescriptor, &count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (FileDescriptor >= 0)
        {
            _ = Libc.Close(FileDescriptor);
            FileDescriptor = -1;
        }
    }
}
