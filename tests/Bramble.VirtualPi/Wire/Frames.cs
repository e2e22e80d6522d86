using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Wire;

/// <summary>Makes the Ethernet frames that a Pi sends.</summary>
internal static class Frames
{
    public const int EthernetHeader = 14;
    public const int Ipv4Header = 20;
    public const int UdpHeader = 8;
    public const int UdpOverhead = EthernetHeader + Ipv4Header + UdpHeader;
    public const ushort TypeIpv4 = 0x0800;
    public const ushort TypeArp = 0x0806;
    public const int ArpLength = 28;

    /// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
    /// <param name="operation">1 request, 2 reply.</param>
    public static byte[] Arp(ushort operation, MacAddress sender, Ipv4Address senderIp, MacAddress target, Ipv4Address targetIp)
    {
        byte[] frame = new byte[60];
        (operation == 1 ? MacAddress.Broadcast : target).CopyTo(frame);
        sender.CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), TypeArp);
        Span<byte> arp = frame.AsSpan(EthernetHeader);
        BinaryPrimitives.WriteUInt16BigEndian(arp, 1);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], TypeIpv4);
        arp[4] = MacAddress.Length;
        arp[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], operation);
        sender.CopyTo(arp[8..]);
        senderIp.CopyTo(arp[14..]);
        if (operation != 1)
        {
            target.CopyTo(arp[18..]);
        }

        targetIp.CopyTo(arp[24..]);
        return frame;
    }

    /// <summary>A UDP datagram in IPv4 in Ethernet; <paramref name="checksum"/> false sends 0, as the Pi 3 boot ROM does.</summary>
    public static byte[] Udp(
        MacAddress from, MacAddress to, Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort,
        ushort id, bool checksum, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[Math.Max(60, UdpOverhead + payload.Length)];
        to.CopyTo(frame);
        from.CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), TypeIpv4);

        Span<byte> ip = frame.AsSpan(EthernetHeader, Ipv4Header + UdpHeader + payload.Length);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], id);
        ip[8] = 128;
        ip[9] = 17;
        source.CopyTo(ip[12..]);
        destination.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Finish(InternetChecksum.Add(0, ip[..Ipv4Header])));

        Span<byte> udp = ip[Ipv4Header..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpHeader..]);
        if (checksum)
        {
            ushort sum = InternetChecksum.Udp(ip.Slice(12, 8), udp);
            BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? (ushort)0xffff : sum);
        }

        return frame;
    }
}
