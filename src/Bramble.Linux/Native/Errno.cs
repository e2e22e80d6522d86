namespace Bramble.Linux.Native;

/// <summary>Error numbers of system calls (errno(3)).</summary>
internal static class Errno
{
    internal const int Permission = 1;
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int Io = 5;
    internal const int NoDeviceOrAddress = 6;
    internal const int Again = 11;
    internal const int Access = 13;
    internal const int Busy = 16;
    internal const int Exists = 17;
    internal const int CrossDevice = 18;
    internal const int NoDevice = 19;
    internal const int NotDirectory = 20;
    internal const int IsDirectory = 21;
    internal const int Invalid = 22;
    internal const int NameTooLong = 36;
    internal const int Loop = 40;
    internal const int MessageSize = 90;
    internal const int AddressInUse = 98;
    internal const int AddressNotAvailable = 99;
    internal const int NoBufferSpace = 105;
}
