using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>One network interface as it is now.</summary>
/// <param name="Name">Such as eth0.</param>
/// <param name="Index">The kernel's number.</param>
/// <param name="Mac">Its Ethernet address; zero if it has none.</param>
/// <param name="Kind">What stands behind it.</param>
/// <param name="IsUp">True if it is switched on (IFF_UP).</param>
/// <param name="HasCarrier">True if a cable with a live other end is in it (IFF_RUNNING).</param>
/// <param name="Addresses">Its IPv4 addresses with their prefix lengths.</param>
public sealed record InterfaceInfo(
    string Name,
    int Index,
    MacAddress Mac,
    InterfaceKind Kind,
    bool IsUp,
    bool HasCarrier,
    IReadOnlyList<(Ipv4Address Address, int PrefixLength)> Addresses)
{
    /// <summary>Its first IPv4 address and that address's subnet, or null.</summary>
    public (Ipv4Address Address, Ipv4Subnet Subnet)? FirstAddress =>
        Addresses.Count == 0 ? null : (Addresses[0].Address, Ipv4Subnet.Of(Addresses[0].Address, Addresses[0].PrefixLength));

    /// <summary>All interfaces of this network namespace, by index.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static IReadOnlyList<InterfaceInfo> GetAll() => InterfaceReader.Read();

    /// <summary>The interface of that name, or null.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static InterfaceInfo? Find(string name) => GetAll().FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.Ordinal));
}
