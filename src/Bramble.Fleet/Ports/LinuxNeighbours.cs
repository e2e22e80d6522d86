using Bramble.Linux.Net;

namespace Bramble.Fleet.Ports;

/// <summary>The kernel's neighbour table.</summary>
public sealed class LinuxNeighbours : INeighbours
{
    private readonly NeighbourTable _table = new();

    /// <inheritdoc/>
    public bool TryFind(Ipv4Address address, out MacAddress mac) => _table.TryFind(address, out mac);
}
