using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Wire;

/// <summary>A received UDP datagram, checked from the Ethernet header inwards.</summary>
internal readonly ref struct UdpView
{
    public MacAddress SourceMac { get; private init; }

    public Ipv4Address Source { get; private init; }

    public Ipv4Address Destination { get; private init; }

    public int SourcePort { get; private init; }

    public int DestinationPort { get; private init; }

    /// <summary>Total length of the IPv4 packet.</summary>
    public int PacketLength { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>
    /// Reads a frame. False for anything but a whole, unfragmented UDP datagram: no Pi boot stage is known to
    /// reassemble fragments.
    /// </summary>
    /// <param name="frame">From the Ethernet header on.</param>
    /// <param name="checksumReady">False when the sender left the UDP sum to a network card that was never there (veth).</param>
    /// <param name="view">The datagram.</param>
    public static bool TryRead(ReadOnlySpan<byte> frame, bool checksumReady, out UdpView view)
    {
        view = default;
        if (frame.Length < Frames.UdpOverhead || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != Frames.TypeIpv4)
        {
            return false;
        }

        ReadOnlySpan<byte> ip = frame[Frames.EthernetHeader..];
        int header = (ip[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || header < Frames.Ipv4Header || total < header + Frames.UdpHeader || total > ip.Length || ip[9] != 17
            || (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3fff) != 0
            || InternetChecksum.Finish(InternetChecksum.Add(0, ip[..header])) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> udp = ip[header..total];
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (length < Frames.UdpHeader || length > udp.Length)
        {
            return false;
        }

        udp = udp[..length];
        if (checksumReady && BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) != 0 && InternetChecksum.Udp(ip.Slice(12, 8), udp) != 0)
        {
            return false;
        }

        view = new UdpView
        {
            SourceMac = MacAddress.FromOctets(frame[6..]),
            Source = Ipv4Address.FromOctets(ip[12..]),
            Destination = Ipv4Address.FromOctets(ip[16..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(udp),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]),
            PacketLength = total,
            Payload = udp[Frames.UdpHeader..],
        };
        return true;
    }
}
