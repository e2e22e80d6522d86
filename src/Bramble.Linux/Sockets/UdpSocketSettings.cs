namespace Bramble.Linux.Sockets;

/// <summary>How a UDP socket is set up.</summary>
public sealed record UdpSocketSettings
{
    /// <summary>Interface to bind to (SO_BINDTODEVICE), or null for none.</summary>
    public string? Device { get; init; }

    /// <summary>Lets several sockets of this user share the port, each taking its part of the senders (SO_REUSEPORT).</summary>
    public bool ReusePort { get; init; }

    /// <summary>Lets the socket send to broadcast addresses (SO_BROADCAST).</summary>
    public bool Broadcast { get; init; }

    /// <summary>What the kernel lets into the socket's queue, or null for everything. Offsets count from the UDP header.</summary>
    public SocketFilter? Filter { get; init; }

    /// <summary>Learns of each datagram the address that it was sent to and its interface (IP_PKTINFO). Without it these are 0 in <see cref="UdpPacket"/>, and a datagram costs a little less.</summary>
    public bool PacketInfo { get; init; } = true;

    /// <summary>Wanted receive buffer in bytes; the kernel's limit applies without CAP_NET_ADMIN. 0 leaves the default.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>Wanted send buffer in bytes; as above.</summary>
    public int SendBufferBytes { get; init; }
}
