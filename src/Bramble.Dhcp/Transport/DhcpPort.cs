using Bramble.Linux.Sockets;

namespace Bramble.Dhcp.Transport;

/// <summary>The sockets of one served interface.</summary>
internal sealed class DhcpPort(DhcpInterfaceOptions options, DhcpSocket socket, PacketSocket? packets) : IDisposable
{
    public DhcpInterfaceOptions Options { get; } = options;

    /// <summary>The server port.</summary>
    public DhcpSocket Socket { get; } = socket;

    /// <summary>Link layer: unicast to clients without an address, probes, and what other servers say. Null without CAP_NET_RAW.</summary>
    public PacketSocket? Packets { get; } = packets;

    /// <summary>Opens both.</summary>
    /// <param name="options">The interface.</param>
    /// <param name="serverPort">UDP port to serve.</param>
    /// <param name="clientPort">UDP port where other servers' replies go.</param>
    /// <param name="packetError">Why there is no packet socket, or empty.</param>
    /// <exception cref="DhcpServerException">The server port cannot be had.</exception>
    public static DhcpPort Open(DhcpInterfaceOptions options, int serverPort, int clientPort, out string packetError)
    {
        DhcpSocket socket = DhcpSocket.Open(options.Name, serverPort);
        packetError = "the interface has no Ethernet address";
        PacketSocket? packets = InterfaceInfo.Find(options.Name) is { Mac.Value: not 0 } info
            ? PacketSocket.TryOpen(info, clientPort, out packetError)
            : null;
        return new DhcpPort(options, socket, packets);
    }

    public void Dispose()
    {
        Socket.Dispose();
        Packets?.Dispose();
    }
}
