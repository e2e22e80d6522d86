using Bramble.Linux.Files;

namespace Bramble.Linux.Devices;

/// <summary>An eventfd(2): readable from <see cref="Signal"/> until <see cref="Clear"/>.</summary>
internal sealed unsafe class EventDescriptor : IPollSource, IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    /// <summary>Creates one that is not signalled.</summary>
    /// <exception cref="SystemCallException">Too many open files.</exception>
    public EventDescriptor()
    {
        FileDescriptor = DeviceCalls.EventFd(0, CloseOnExec | NonBlocking);
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
        _ = DeviceCalls.Write(FileDescriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable.</summary>
    public void Clear()
    {
        ulong count;
        _ = DeviceCalls.Read(FileDescriptor, &count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (FileDescriptor >= 0)
        {
            _ = Syscalls.Close(FileDescriptor);
            FileDescriptor = -1;
        }
    }
}
