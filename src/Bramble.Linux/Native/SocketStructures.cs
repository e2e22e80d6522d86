using System.Runtime.InteropServices;

namespace Bramble.Linux.Native;

/// <summary><c>struct sockaddr_in</c>; port and address in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SocketAddress
{
    internal ushort Family;
    internal ushort Port;
    internal uint Address;
    internal ulong Zero;
}

/// <summary>
/// <c>struct sockaddr_ll</c>; protocol in network order, the hardware address in the low octets of <see cref="Address"/>,
/// first octet first.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LinkAddress
{
    internal const byte Outgoing = 4;

    internal ushort Family;
    internal ushort Protocol;
    internal int InterfaceIndex;
    internal ushort HardwareType;
    internal byte PacketType;
    internal byte AddressLength;
    internal ulong Address;
}

/// <summary><c>struct packet_mreq</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketMembership
{
    internal const ushort Group = 0;
    internal const ushort Promiscuous = 1;

    internal int InterfaceIndex;
    internal ushort Type;
    internal ushort AddressLength;
    internal fixed byte Address[8];
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal void* Base;
    internal nuint Length;
}

/// <summary><c>struct msghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Message
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

/// <summary><c>struct ifaddrs</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InterfaceAddress
{
    internal InterfaceAddress* Next;
    internal byte* Name;
    internal uint Flags;
    internal byte* Address;
    internal byte* Netmask;
    internal byte* Other;
    internal void* Data;
}
