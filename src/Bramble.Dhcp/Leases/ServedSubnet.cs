using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>One subnet that addresses are given in.</summary>
public sealed class ServedSubnet
{
    /// <summary>Makes a subnet.</summary>
    /// <exception cref="ArgumentException">The pool does not lie in the subnet, or is the wrong way round.</exception>
    public ServedSubnet(
        Ipv4Subnet subnet,
        Ipv4Address server,
        Ipv4Address poolFirst,
        Ipv4Address poolLast,
        Ipv4Address? gateway = null,
        IReadOnlyList<Ipv4Address>? dnsServers = null)
    {
        if (!subnet.Contains(poolFirst) || !subnet.Contains(poolLast) || poolLast.Value < poolFirst.Value)
        {
            throw new ArgumentException($"The pool {poolFirst} to {poolLast} is no range within {subnet}.", nameof(poolFirst));
        }

        Subnet = subnet;
        Server = server;
        PoolFirst = poolFirst;
        PoolLast = poolLast;
        Gateway = gateway;
        DnsServers = dnsServers is null ? [] : [.. dnsServers];
        Next = poolFirst.Value;
    }

    /// <summary>The subnet.</summary>
    public Ipv4Subnet Subnet { get; }

    /// <summary>This server's address: options 54 and 66, and siaddr.</summary>
    public Ipv4Address Server { get; }

    /// <summary>First address of the pool.</summary>
    public Ipv4Address PoolFirst { get; }

    /// <summary>Last address of the pool.</summary>
    public Ipv4Address PoolLast { get; }

    /// <summary>Option 3, or null for none.</summary>
    public Ipv4Address? Gateway { get; }

    /// <summary>Option 6.</summary>
    internal Ipv4Address[] DnsServers { get; }

    /// <summary>Where the search for an address that was never given goes on.</summary>
    internal uint Next { get; set; }

    /// <summary>Until then the whole pool is known to be held, so that a storm does not search it again and again.</summary>
    internal DateTimeOffset ExhaustedUntil { get; set; }

    /// <summary>True if the address may be given from the pool.</summary>
    public bool InPool(Ipv4Address address) =>
        address.Value >= PoolFirst.Value && address.Value <= PoolLast.Value && IsUsable(address);

    /// <summary>True if the address may be reserved for a client.</summary>
    public bool IsUsable(Ipv4Address address) =>
        Subnet.Contains(address)
        && (Subnet.PrefixLength >= 31 || (address != Subnet.Network && address != Subnet.BroadcastAddress))
        && address != Server
        && address != Gateway
        && Array.IndexOf(DnsServers, address) < 0;
}
