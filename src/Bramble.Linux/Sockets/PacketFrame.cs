using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>Writes and reads whole Ethernet frames (RFC 894, RFC 791, RFC 768, RFC 826).</summary>
public static class PacketFrame
{
    /// <summary>Octets of Ethernet, IPv4 and UDP header together.</summary>
    public const int UdpOverhead = 14 + 20 + 8;

    /// <summary>Octets of an ARP frame, without padding.</summary>
    public const int ArpLength = 14 + 28;

    internal const ushort Ipv4 = 0x0800;
    internal const ushort Arp = 0x0806;

    /// <summary>The kernel's number for frames of IEEE 802.3 with an LLC header (ETH_P_802_2); it is not on the wire.</summary>
    internal const ushort Llc = 0x0004;

    internal const byte Udp = 17;

    // Hardware type Ethernet, protocol type IPv4, and the lengths of their addresses.
    private static ReadOnlySpan<byte> ArpOverEthernet => [0, 1, 8, 0, MacAddress.Length, 4];

    /// <summary>Writes a UDP datagram with all its headers.</summary>
    /// <returns>The frame's length, or 0 if <paramref name="frame"/> is too small.</returns>
    public static int WriteUdp(Span<byte> frame, MacAddress from, MacAddress to, Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort, ReadOnlySpan<byte> payload)
    {
        int length = UdpOverhead + payload.Length;
        if (frame.Length < length || length > ushort.MaxValue)
        {
            return 0;
        }

        WriteEthernet(frame, from, to, Ipv4);
        Span<byte> ip = frame[14..];
        ip[..20].Clear();
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(length - 14));
        ip[8] = 64;
        ip[9] = Udp;
        source.CopyTo(ip[12..]);
        destination.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip[..20], 0)));

        Span<byte> udp = frame.Slice(34, 8 + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        udp[6] = udp[7] = 0;
        payload.CopyTo(udp[8..]);
        ushort checksum = Fold(Sum(udp, Sum(ip.Slice(12, 8), (uint)(Udp + udp.Length))));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return length;
    }

    /// <summary>Writes an ARP request of <paramref name="sender"/> for its own address (RFC 5227 announcement), as broadcast.</summary>
    /// <returns>The frame's length.</returns>
    public static int WriteArpAnnouncement(Span<byte> frame, MacAddress from, Ipv4Address sender) => WriteArpRequest(frame, from, sender, sender);

    /// <summary>Writes an ARP request that asks whether somebody has an address and claims none (RFC 5227 probe: sender protocol address 0), as broadcast.</summary>
    /// <returns>The frame's length.</returns>
    public static int WriteArpProbe(Span<byte> frame, MacAddress from, Ipv4Address target) => WriteArpRequest(frame, from, Ipv4Address.Any, target);

    /// <summary>Opens an ARP packet in an Ethernet frame.</summary>
    /// <param name="frame">The frame, padded or not.</param>
    /// <param name="senderMac">Sender hardware address: who says it.</param>
    /// <param name="senderIp">Sender protocol address: what the sender says it has; 0.0.0.0 in a probe.</param>
    /// <param name="targetIp">Target protocol address.</param>
    /// <param name="operation">1 request, 2 reply.</param>
    /// <returns>False for anything that is no whole ARP packet of IPv4 over Ethernet.</returns>
    public static bool TryReadArp(ReadOnlySpan<byte> frame, out MacAddress senderMac, out Ipv4Address senderIp, out Ipv4Address targetIp, out ushort operation)
    {
        (senderMac, senderIp, targetIp, operation) = (default, default, default, 0);
        if (frame.Length < ArpLength || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != Arp || !frame.Slice(14, 6).SequenceEqual(ArpOverEthernet))
        {
            return false;
        }

        operation = BinaryPrimitives.ReadUInt16BigEndian(frame[20..]);
        senderMac = MacAddress.FromOctets(frame[22..]);
        senderIp = Ipv4Address.FromOctets(frame[28..]);
        targetIp = Ipv4Address.FromOctets(frame[38..]);
        return true;
    }

    /// <summary>Opens a UDP datagram in an Ethernet frame. Checksums are not looked at: between virtual machines they are not filled in.</summary>
    /// <returns>False for anything that is no whole, unfragmented UDP datagram over IPv4.</returns>
    public static bool TryReadUdp(ReadOnlySpan<byte> frame, out MacAddress from, out Ipv4Address source, out int destinationPort, out ReadOnlySpan<byte> payload)
    {
        from = default;
        source = default;
        destinationPort = 0;
        payload = default;
        if (frame.Length < UdpOverhead || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != Ipv4)
        {
            return false;
        }

        ReadOnlySpan<byte> ip = frame[14..];
        int header = (ip[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || header < 20 || total > ip.Length || total < header + 8 || ip[9] != Udp
            || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> udp = ip[header..total];
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (length < 8 || length > udp.Length)
        {
            return false;
        }

        from = MacAddress.FromOctets(frame[6..]);
        source = Ipv4Address.FromOctets(ip[12..]);
        destinationPort = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        payload = udp[8..length];
        return true;
    }

    private static int WriteArpRequest(Span<byte> frame, MacAddress from, Ipv4Address sender, Ipv4Address target)
    {
        WriteEthernet(frame, from, MacAddress.Broadcast, Arp);
        Span<byte> arp = frame.Slice(14, 28);
        arp.Clear();
        ArpOverEthernet.CopyTo(arp);
        arp[7] = 1;
        from.CopyTo(arp[8..]);
        sender.CopyTo(arp[14..]);
        target.CopyTo(arp[24..]);
        return ArpLength;
    }

    private static void WriteEthernet(Span<byte> frame, MacAddress from, MacAddress to, ushort type)
    {
        to.CopyTo(frame);
        from.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], type);
    }

    private static uint Sum(ReadOnlySpan<byte> data, uint sum)
    {
        for (; data.Length >= 2; data = data[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
        }

        return data.Length == 1 ? sum + (uint)(data[0] << 8) : sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
