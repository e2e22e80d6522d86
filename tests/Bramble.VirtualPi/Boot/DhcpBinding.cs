using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Boot;

/// <summary>What the DHCP phase came to.</summary>
/// <param name="Address">The board's address.</param>
/// <param name="Subnet">Its subnet; 0.0.0.0/0 when no mask was given, which makes everything on-link.</param>
/// <param name="Router">The gateway, or 0.0.0.0.</param>
/// <param name="TftpServer">Where to ask for files.</param>
internal sealed record DhcpBinding(Ipv4Address Address, Ipv4Subnet Subnet, Ipv4Address Router, Ipv4Address TftpServer);
