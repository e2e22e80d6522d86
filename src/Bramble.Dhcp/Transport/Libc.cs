using System.Runtime.InteropServices;

namespace Bramble.Dhcp.Transport;

/// <summary>The system calls of the DHCP sockets, and their structures as on 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int AfInet = 2;
    public const int SockDgram = 2;
    public const int SockNonblockCloexec = 0x800 | 0x80000;
    public const int SolSocket = 1;
    public const int SoBroadcast = 6;
    public const int SoRcvbuf = 8;
    public const int SoBindToDevice = 25;
    public const int IpProtoIp = 0;
    public const int IpPktinfo = 8;
    public const int MsgDontwait = 0x40;
    public const int MsgTrunc = 0x20;
    public const short PollIn = 1;
    public const int EfdNonblockCloexec = 0x800 | 0x80000;
    public const int Eperm = 1;
    public const int Eintr = 4;
    public const int Eacces = 13;
    public const int Enodev = 19;
    public const int Eaddrinuse = 98;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, SockAddrIn* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSockOpt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int RecvMmsg(int fd, MMsgHdr* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMmsg(int fd, MMsgHdr* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint IfNameToIndex(string name);

    [StructLayout(LayoutKind.Sequential)]
    public struct SockAddrIn
    {
        public ushort Family;
        public ushort PortBigEndian;
        public uint AddressBigEndian;
        public ulong Zero;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MsgHdr
    {
        public SockAddrIn* Name;
        public uint NameLength;
        public IoVec* Vectors;
        public nuint VectorCount;
        public ControlPktinfo* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MMsgHdr
    {
        public MsgHdr Header;
        public uint Length;
    }

    /// <summary>cmsghdr with an in_pktinfo in it, padded to a multiple of eight.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ControlPktinfo
    {
        public const int Used = 28;

        public nuint Length;
        public int Level;
        public int Type;
        public int InterfaceIndex;
        public uint LocalBigEndian;
        public uint DestinationBigEndian;
        public uint Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
