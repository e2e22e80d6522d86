using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Gpio;

/// <summary>Reads and writes the one line of a request (GPIO_V2_LINE_GET_VALUES_IOCTL and its sister).</summary>
internal static unsafe class GpioLineValues
{
    private const nuint GetValues = 0xC010B40E;
    private const nuint SetValues = 0xC010B40F;

    internal static bool Get(int fd)
    {
        Values values = new() { Mask = 1 };
        return Libc.Ioctl(fd, GetValues, &values) == 0 ? (values.Bits & 1) != 0 : throw SystemCallException.Last("read a GPIO line");
    }

    internal static void Set(int fd, bool active)
    {
        Values values = new() { Bits = active ? 1u : 0, Mask = 1 };
        if (Libc.Ioctl(fd, SetValues, &values) < 0)
        {
            throw SystemCallException.Last("write a GPIO line");
        }
    }

    /// <summary>struct gpio_v2_line_values.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Values
    {
        public ulong Bits;
        public ulong Mask;
    }
}
