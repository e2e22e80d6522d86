using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp.Transport;

/// <summary>The sockets of one served interface.</summary>
internal sealed class DhcpPort : IDisposable
{
    /// <summary>
    /// Receive buffer: room for about 2000 clients that ask in the same instant, at the 768 to 2304 octets of kernel memory that a
    /// packet takes. Without CAP_NET_ADMIN the system gives no more than net.core.rmem_max, which the appliance raises.
    /// </summary>
    public const int ReceiveBufferBytes = 4 << 20;

    private DhcpPort(DhcpInterfaceOptions options, int interfaceIndex, UdpSocket socket, UdpSocket? bootServer, PacketSocket? packets, PacketSocket? arp, PacketSocket? witness)
    {
        Options = options;
        InterfaceIndex = interfaceIndex;
        Socket = socket;
        BootServer = bootServer;
        Packets = packets;
        Arp = arp;
        Witness = witness;
    }

    public DhcpInterfaceOptions Options { get; }

    /// <summary>The interface's number when the sockets were opened; another now means that the interface was made anew.</summary>
    public int InterfaceIndex { get; }

    /// <summary>The server port. The kernel lets nothing into it but requests of clients, see <see cref="DhcpFilter"/>.</summary>
    public UdpSocket Socket { get; }

    /// <summary>The port of PXE clients that ask the ProxyDHCP by unicast. Null if there is to be none.</summary>
    public UdpSocket? BootServer { get; }

    /// <summary>Link layer: unicast to clients without an address, probes, and what other servers say. Null without CAP_NET_RAW.</summary>
    public PacketSocket? Packets { get; }

    /// <summary>ARP of those that have an address in the subnet. Null without CAP_NET_RAW.</summary>
    public PacketSocket? Arp { get; }

    /// <summary>Frames with a DHCPDECLINE or DHCPRELEASE, for their Ethernet source. Null without CAP_NET_RAW.</summary>
    public PacketSocket? Witness { get; }

    /// <summary>Opens all of them.</summary>
    /// <param name="options">The interface.</param>
    /// <param name="server">The ports.</param>
    /// <param name="packetError">Why there is no packet socket, or empty.</param>
    /// <param name="bootServerError">Why the port of the boot server is not there, or empty.</param>
    /// <exception cref="DhcpServerException">The server port cannot be had.</exception>
    public static DhcpPort Open(DhcpInterfaceOptions options, DhcpOptions server, out string packetError, out string bootServerError)
    {
        UdpSocket socket = Bind(options.Name, server.ServerPort);
        UdpSocket? bootServer = null;
        bootServerError = "";
        try
        {
            bootServer = server.BootServerPort == 0 ? null : Bind(options.Name, server.BootServerPort);
        }
        catch (DhcpServerException e)
        {
            bootServerError = e.Message;
        }

        packetError = "the interface has no Ethernet address";
        PacketSocket? packets = null;
        PacketSocket? arp = null;
        PacketSocket? witness = null;
        if (InterfaceInfo.Find(options.Name) is { Mac.Value: not 0 } info)
        {
            packets = PacketSocket.TryOpen(info, server.ClientPort, out packetError);
            arp = packets is null ? null : PacketSocket.TryOpenArp(info, options.Subnet, out packetError);
            witness = packets is null ? null : PacketSocket.TryOpen(info, DhcpFilter.AddressesGivenUp(server.ServerPort), out packetError);
        }

        return new DhcpPort(options, UdpInterface.GetIndex(options.Name), socket, bootServer, packets, arp, witness);
    }

    /// <summary>The same sockets for other options of the same interface.</summary>
    public DhcpPort With(DhcpInterfaceOptions options)
    {
        if (options.Subnet != Options.Subnet)
        {
            Arp?.TryHearArpOf(options.Subnet);
        }

        return new DhcpPort(options, InterfaceIndex, Socket, BootServer, Packets, Arp, Witness);
    }

    public void Dispose()
    {
        Socket.Dispose();
        BootServer?.Dispose();
        Packets?.Dispose();
        Arp?.Dispose();
        Witness?.Dispose();
    }

    private static UdpSocket Bind(string interfaceName, int port)
    {
        if (interfaceName.Length is 0 or > 15)
        {
            throw new DhcpServerException($"'{interfaceName}' is no interface name.");
        }

        try
        {
            // No address reuse on purpose: with it the system would let two DHCP servers share the port, and each would see
            // only part of the packets. Sockets on different interfaces do not need it.
            return UdpSocket.Bind(
                new UdpEndpoint(Ipv4Address.Any, (ushort)port),
                new UdpSocketSettings { Device = interfaceName, Broadcast = true, Filter = DhcpFilter.Requests, ReceiveBufferBytes = ReceiveBufferBytes });
        }
        catch (UdpBindException e)
        {
            throw new DhcpServerException(Explain(e, interfaceName, port), e);
        }
    }

    private static string Explain(UdpBindException e, string interfaceName, int port) => e.Failure switch
    {
        UdpBindFailure.NoSuchInterface => $"There is no network interface '{interfaceName}'. 'ip link' lists those that there are; set the right one in [dhcp] interface.",
        UdpBindFailure.NotPermitted => $"UDP port {port} on {interfaceName} needs CAP_NET_BIND_SERVICE (and CAP_NET_RAW on kernels before 5.7). Run under the systemd unit, or as root.",
        UdpBindFailure.InUse when UdpPortHolder.Find(Ipv4Address.Any, (ushort)port) is [UdpPortHolder holder, ..] => $"UDP port {port} is in use by {holder}: stop it (systemctl disable --now ...), or let it serve another interface.",
        UdpBindFailure.InUse => $"UDP port {port} is in use by another program: stop it ('ss -ulpn sport = {port}' as root names it).",
        _ => e.Message,
    };
}
