using Bramble.Linux.Net;

namespace Bramble.Dhcp;

/// <summary>One interface to serve.</summary>
public sealed record DhcpInterfaceOptions
{
    /// <summary>The interface's name, such as eth0; packets of other interfaces are never seen.</summary>
    public required string Name { get; init; }

    /// <summary>Our address on it: options 54 and 66 and siaddr, so also where TFTP answers.</summary>
    public required Ipv4Address Address { get; init; }

    /// <summary>Its subnet.</summary>
    public required Ipv4Subnet Subnet { get; init; }

    /// <summary>First address of the pool.</summary>
    public required Ipv4Address PoolFirst { get; init; }

    /// <summary>Last address of the pool.</summary>
    public required Ipv4Address PoolLast { get; init; }

    /// <summary>Option 3; null sends none.</summary>
    public Ipv4Address? Gateway { get; init; }

    /// <summary>Option 6; empty sends none.</summary>
    public IReadOnlyList<Ipv4Address> DnsServers { get; init; } = [];
}
