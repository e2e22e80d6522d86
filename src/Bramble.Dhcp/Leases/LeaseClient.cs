using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>A client as the lease book sees it.</summary>
internal readonly ref struct LeaseClient(ServedSubnet subnet, ReadOnlySpan<byte> key, MacAddress mac, Ipv4Address? reserved = null, bool boots = false)
{
    /// <summary>Where it is.</summary>
    public readonly ServedSubnet Subnet = subnet;

    /// <summary>Who it is, see <see cref="ClientKey"/>.</summary>
    public readonly ReadOnlySpan<byte> Key = key;

    /// <summary>Its Ethernet address.</summary>
    public readonly MacAddress Mac = mac;

    /// <summary>Its reservation, or null.</summary>
    public readonly Ipv4Address? Reserved = reserved;

    /// <summary>True if it may have addresses of the share that is kept for boards that boot from here.</summary>
    public readonly bool Boots = boots;
}
