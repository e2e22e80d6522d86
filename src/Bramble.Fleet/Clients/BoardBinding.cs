using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Clients;

/// <summary>The one board that boots as a client: both of its names. A client gets it when its board first boots.</summary>
/// <param name="Mac">The Ethernet address.</param>
/// <param name="Serial">The serial; null for a board that has not said it yet.</param>
public sealed record BoardBinding(MacAddress Mac, BoardSerial? Serial)
{
    /// <summary>The serial and the Ethernet address.</summary>
    public override string ToString() => Serial is { } serial ? $"{serial} ({Mac})" : Mac.ToString();
}
