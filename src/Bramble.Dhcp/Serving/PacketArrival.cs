using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>How a packet came in.</summary>
/// <param name="Interface">Index into the configured interfaces.</param>
/// <param name="Source">IP source address.</param>
/// <param name="Destination">IP destination address: broadcast, or one of ours.</param>
/// <param name="Time">When, UTC.</param>
public readonly record struct PacketArrival(int Interface, Ipv4Address Source, Ipv4Address Destination, DateTimeOffset Time)
{
    /// <summary>The UDP source port if it came to <see cref="DhcpOptions.BootServerPort"/>, where answers go back to it; 0 on the server port.</summary>
    public int BootClientPort { get; init; }

    /// <summary>Whether the client itself sent a message that takes its address from it.</summary>
    public SenderVerdict Sender { get; init; }
}
