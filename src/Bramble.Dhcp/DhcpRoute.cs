using Bramble.Linux.Net;

namespace Bramble.Dhcp;

/// <summary>One route that clients are told (option 121, RFC 3442).</summary>
/// <param name="Destination">The network behind it; 0.0.0.0/0 is the default route.</param>
/// <param name="Router">Its router. Clients are told only routes whose router lies in their own subnet.</param>
public readonly record struct DhcpRoute(Ipv4Subnet Destination, Ipv4Address Router);
