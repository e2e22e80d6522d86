using Bramble.Linux.Net;

namespace Bramble.Fleet.Beacon;

/// <summary>Decides whether an up-beacon with the right token belongs to the boot of its client.</summary>
internal static class BeaconRule
{
    /// <summary>Decides for one beacon.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="bound">The address of the client's boot; 0.0.0.0 if it is not known.</param>
    /// <param name="board">The MAC address of the client's board.</param>
    /// <param name="sender">The MAC address that has the source address; null if that is not known.</param>
    /// <returns>True where the address is the boot's, or the board itself has it: its system may take another one than its firmware.</returns>
    public static bool Belongs(Ipv4Address source, Ipv4Address bound, MacAddress board, MacAddress? sender) =>
        (!bound.IsAny && source == bound) || sender == board;
}
