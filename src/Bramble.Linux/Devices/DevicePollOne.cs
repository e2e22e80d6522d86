namespace Bramble.Linux.Devices;

/// <summary>Whether one file can be read without waiting.</summary>
internal static unsafe class DevicePollOne
{
    internal static bool IsReadable(int fd)
    {
        DeviceCalls.PollFd one = new() { Fd = fd, Events = DeviceCalls.PollIn };
        return DeviceCalls.Poll(&one, 1, 0) > 0;
    }
}
