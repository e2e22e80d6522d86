using Bramble.Linux.Net;

namespace Bramble.Fleet;

/// <summary>One network that is served.</summary>
/// <param name="Address">This server's address on it.</param>
/// <param name="Subnet">Its subnet.</param>
public sealed record ServerNetwork(Ipv4Address Address, Ipv4Subnet Subnet);
