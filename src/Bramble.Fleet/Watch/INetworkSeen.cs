using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>Takes what an <see cref="INetworkWatch"/> saw.</summary>
public interface INetworkSeen
{
    /// <summary>An IEEE 802.3 frame with an LLC header.</summary>
    void Llc(string networkInterface, ReadOnlySpan<byte> frame);

    /// <summary>An ARP packet.</summary>
    void Arp(MacAddress sender, Ipv4Address has, Ipv4Address target, bool isRequest);

    /// <summary>A frame with a UDP datagram of a bootloader's log (NETCONSOLE).</summary>
    void Log(ReadOnlySpan<byte> frame);

    /// <summary>Whether an interface has a link.</summary>
    void Link(string networkInterface, bool hasLink);
}
