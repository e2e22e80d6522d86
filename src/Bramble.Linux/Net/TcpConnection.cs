namespace Bramble.Linux.Net;

/// <summary>One established TCP connection over IPv4.</summary>
/// <param name="LocalAddress">This machine's address.</param>
/// <param name="LocalPort">This machine's port.</param>
/// <param name="RemoteAddress">The peer's address.</param>
/// <param name="RemotePort">The peer's port.</param>
public readonly record struct TcpConnection(Ipv4Address LocalAddress, ushort LocalPort, Ipv4Address RemoteAddress, ushort RemotePort);
