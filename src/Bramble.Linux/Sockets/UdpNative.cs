using System.Runtime.InteropServices;

namespace Bramble.Linux.Sockets;

/// <summary>The system calls and structures behind <see cref="UdpSocket"/>; layouts as in the Linux socket headers, 32 and 64 bit.</summary>
internal static unsafe partial class UdpNative
{
    internal const int AddressFamilyInet = 2;
    internal const int AddressFamilyPacket = 17;
    internal const int SockDgram = 2;
    internal const int SockRaw = 3;
    internal const int SockNonBlock = 0x800;
    internal const int SockCloseOnExec = 0x80000;

    internal const int SolSocket = 1;
    internal const int SoReuseAddress = 2;
    internal const int SoBroadcast = 6;
    internal const int SoSendBuffer = 7;
    internal const int SoReceiveBuffer = 8;
    internal const int SoReusePort = 15;
    internal const int SoBindToDevice = 25;
    internal const int SoAttachFilter = 26;
    internal const int SoSendBufferForce = 32;
    internal const int SoReceiveBufferForce = 33;

    internal const int SolPacket = 263;
    internal const int PacketAddMembership = 1;
    internal const ushort PacketGroup = 0;
    internal const ushort PacketPromiscuous = 1;

    internal const int IpProtoIp = 0;
    internal const int IpPacketInfo = 8;
    internal const int IpMtuDiscover = 10;
    internal const int IpPmtuDiscDont = 0;
    internal const int SolUdp = 17;
    internal const int UdpSegment = 103;

    internal const int MsgTruncated = 0x20;
    internal const int MsgDontWait = 0x40;

    internal const short PollIn = 1;
    internal const short PollOut = 4;

    internal const int ErrorPermission = 1;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorIo = 5;
    internal const int ErrorAgain = 11;
    internal const int ErrorAccess = 13;
    internal const int ErrorNoDevice = 19;
    internal const int ErrorInvalid = 22;
    internal const int ErrorMessageSize = 90;
    internal const int ErrorAddressInUse = 98;
    internal const int ErrorAddressNotAvailable = 99;
    internal const int ErrorNoBufferSpace = 105;

    private const string Libc = "libc";

    [LibraryImport(Libc, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Libc, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, SocketAddress* address, uint length);

    [LibraryImport(Libc, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, LinkAddress* address, uint length);

    [LibraryImport(Libc, EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(int fd, SocketAddress* address, uint* length);

    [LibraryImport(Libc, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Libc, EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int fd, MultiMessage* messages, uint count, int flags, void* timeout);

    [LibraryImport(Libc, EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int fd, MultiMessage* messages, uint count, int flags);

    [LibraryImport(Libc, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Libc, EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint Send(int fd, Message* message, int flags);

    [LibraryImport(Libc, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport(Libc, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int fd, void* buffer, nuint count);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, void* buffer, nuint count);

    [LibraryImport(Libc, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Libc, EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint InterfaceNameToIndex(string name);

    /// <summary><c>struct sockaddr_in</c>; port and address in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SocketAddress
    {
        internal ushort Family;
        internal ushort Port;
        internal uint Address;
        internal ulong Zero;
    }

    /// <summary><c>struct sockaddr_ll</c>; protocol in network order, the hardware address in the low octets of <see cref="Address"/>, first octet first.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct LinkAddress
    {
        internal ushort Family;
        internal ushort Protocol;
        internal int InterfaceIndex;
        internal ushort HardwareType;
        internal byte PacketType;
        internal byte AddressLength;
        internal ulong Address;
    }

    /// <summary><c>struct packet_mreq</c>; type is <see cref="PacketGroup"/> or <see cref="PacketPromiscuous"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketMembership
    {
        internal int InterfaceIndex;
        internal ushort Type;
        internal ushort AddressLength;
        internal fixed byte Address[8];
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal void* Base;
        internal nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MultiMessage
    {
        internal Message Header;
        internal uint Length;
    }

    /// <summary><c>struct cmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlHeader
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }

    /// <summary><c>struct in_pktinfo</c>; addresses in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketInfo
    {
        internal int InterfaceIndex;
        internal uint LocalAddress;
        internal uint HeaderDestination;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary><c>CMSG_ALIGN</c>.</summary>
    internal static int AlignControl(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);

    /// <summary><c>CMSG_SPACE</c>.</summary>
    internal static int ControlSpace(int length) => AlignControl(sizeof(ControlHeader)) + AlignControl(length);
}
