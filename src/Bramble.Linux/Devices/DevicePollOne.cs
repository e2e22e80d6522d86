using Bramble.Linux.Native;

namespace Bramble.Linux.Devices;

/// <summary>Whether one file can be read without waiting.</summary>
internal static unsafe class DevicePollOne
{
    internal static bool IsReadable(int fd)
    {
        PollFd one = new() { Fd = fd, Events = Libc.PollIn };
        return Libc.Poll(&one, 1, 0) > 0;
    }
}
