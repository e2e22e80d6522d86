using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp.Transport;

/// <summary>What the kernel lets into the server's socket, so that foreign traffic wakes nobody.</summary>
internal static class DhcpFilter
{
    private const int UdpHeader = 8;

    /// <summary>
    /// BOOTREQUESTs of Ethernet clients with the magic cookie that passed 16 relay agents at most: the fixed part of
    /// <see cref="DhcpPacket.TryParse"/>. Options have no fixed place, so what is wrong in them is found, and counted, later.
    /// </summary>
    public static SocketFilter Requests { get; } = new SocketFilter()
        .ByteIs(UdpHeader + DhcpHeader.Op, DhcpHeader.BootRequest)
        .ByteIs(UdpHeader + DhcpHeader.Htype, DhcpHeader.Ethernet)
        .ByteIs(UdpHeader + DhcpHeader.Hlen, MacAddress.Length)
        .ByteIsAtMost(UdpHeader + DhcpHeader.Hops, DhcpHeader.MaximumHops)
        .WordIs(UdpHeader + DhcpHeader.Cookie, DhcpHeader.MagicCookie);
}
