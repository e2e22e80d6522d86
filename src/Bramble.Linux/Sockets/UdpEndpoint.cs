using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>An IPv4 address and a UDP port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, host order.</param>
public readonly record struct UdpEndpoint(Ipv4Address Address, ushort Port)
{
    /// <summary>Both in one number, for dictionaries: the address above the port.</summary>
    public ulong Key => ((ulong)Address.Value << 16) | Port;

    /// <summary><c>192.168.1.10:69</c>.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
