using Bramble.Linux.Net;

namespace Bramble.Fleet.Ports;

/// <summary>Which Ethernet address stands behind an IPv4 address of the segment.</summary>
public interface INeighbours
{
    /// <summary>Looks an address up; false if the kernel does not know it.</summary>
    bool TryFind(Ipv4Address address, out MacAddress mac);

    /// <summary>Has the kernel find out who has an address, where it does not know; the answer is in the table a moment later.</summary>
    void Ask(Ipv4Address address)
    {
    }

    /// <summary>Keeps the entry of an address that does not answer ARP now; call it more often than every <see cref="NeighbourKeeper.Patience"/>.</summary>
    void Confirm(Ipv4Address address)
    {
    }
}
