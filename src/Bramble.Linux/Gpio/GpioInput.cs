using System.Runtime.InteropServices;
using Bramble.Linux.Devices;
using Bramble.Linux.Files;
using Bramble.Linux.Input;
using Bramble.Linux.Native;

namespace Bramble.Linux.Gpio;

/// <summary>A GPIO line that tells its edges, each with the kernel's time of it.</summary>
public sealed unsafe class GpioInput : IButtonLine
{
    private const uint EventRising = 1;
    private const int Batch = 16;

    private int _fd;

    internal GpioInput(int fd) => _fd = fd;

    /// <inheritdoc/>
    public int FileDescriptor => _fd;

    /// <inheritdoc/>
    public bool IsDown() => GpioLineValues.Get(_fd);

    /// <inheritdoc/>
    public void ReadEdges(Action<bool, TimeSpan> edge)
    {
        if (!DevicePollOne.IsReadable(_fd))
        {
            return;
        }

        LineEvent* events = stackalloc LineEvent[Batch];
        nint length = Libc.Read(_fd, events, (nuint)(Batch * sizeof(LineEvent)));
        if (length < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is Errno.Again or Errno.Interrupted)
            {
                return;
            }

            throw SystemCallException.Last("read the edges of a GPIO line");
        }

        for (int i = 0; i < length / sizeof(LineEvent); i++)
        {
            edge(events[i].Id == EventRising, TimeSpan.FromTicks((long)(events[i].Nanoseconds / 100)));
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

    /// <summary>struct gpio_v2_line_event, 48 bytes; its time is of CLOCK_MONOTONIC.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineEvent
    {
        public ulong Nanoseconds;
        public uint Id;
        public uint Offset;
        public uint Sequence;
        public uint LineSequence;
        public fixed uint Padding[6];
    }

    /// <summary>Size of an event, for the tests: it is the kernel's.</summary>
    internal static int EventSize => sizeof(LineEvent);
}
