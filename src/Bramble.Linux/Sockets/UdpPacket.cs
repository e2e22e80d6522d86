using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>One received datagram, valid until the batch receives again.</summary>
public readonly ref struct UdpPacket
{
    internal UdpPacket(ReadOnlySpan<byte> data, UdpEndpoint source, Ipv4Address localAddress, Ipv4Address destination, int interfaceIndex, bool isTruncated)
    {
        Data = data;
        Source = source;
        LocalAddress = localAddress;
        Destination = destination;
        InterfaceIndex = interfaceIndex;
        IsTruncated = isTruncated;
    }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Who sent it.</summary>
    public UdpEndpoint Source { get; }

    /// <summary>The address of this machine to answer from.</summary>
    public Ipv4Address LocalAddress { get; }

    /// <summary>The destination in the IP header: <see cref="LocalAddress"/>, or a broadcast or multicast address.</summary>
    public Ipv4Address Destination { get; }

    /// <summary>Index of the interface that it came in by; 0 if unknown.</summary>
    public int InterfaceIndex { get; }

    /// <summary>True if the datagram was longer than the batch's slots.</summary>
    public bool IsTruncated { get; }
}
