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

    /// <summary>
    /// Frames with a DHCPDECLINE (4) or DHCPRELEASE (7) that begins with option 53 and has no IP options, for a packet socket. Of the types, only the bit
    /// that both have is looked at: 5 and 6 are a server's.
    /// </summary>
    /// <param name="serverPort">The server's UDP port.</param>
    public static SocketFilter AddressesGivenUp(int serverPort)
    {
        const int ipHeader = 14;
        const int udp = ipHeader + 20;
        const int options = udp + UdpHeader + DhcpHeader.Options;
        return new SocketFilter()
            .HalfIs(12, 0x0800)
            .ByteIs(ipHeader, 0x45)
            .ByteIs(ipHeader + 9, 17)
            .HalfIs(ipHeader + 6, 0, mask: 0x1FFF)
            .HalfIs(udp + 2, (ushort)serverPort)
            .ByteIs(udp + UdpHeader + DhcpHeader.Op, DhcpHeader.BootRequest)
            .ByteIs(options, DhcpOption.MessageType)
            .HalfIs(options + 1, 0x0104, mask: 0xFF04);
    }
}
