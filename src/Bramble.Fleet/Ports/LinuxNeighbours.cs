using Bramble.Linux.Net;

namespace Bramble.Fleet.Ports;

/// <summary>The kernel's neighbour table.</summary>
public sealed class LinuxNeighbours : INeighbours, IDisposable
{
    private readonly NeighbourTable _table = new();
    private readonly NeighbourKeeper _keeper = new();

    /// <inheritdoc/>
    public bool TryFind(Ipv4Address address, out MacAddress mac) => _table.TryFind(address, out mac);

    /// <inheritdoc/>
    public void Ask(Ipv4Address address) => _keeper.TryAsk(address);

    /// <inheritdoc/>
    public void Confirm(Ipv4Address address) => _keeper.TryConfirm(address);

    /// <inheritdoc/>
    public void Dispose() => _keeper.Dispose();
}
