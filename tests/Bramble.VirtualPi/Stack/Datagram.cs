using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Stack;

/// <summary>A received UDP datagram.</summary>
internal sealed record Datagram(MacAddress SourceMac, Ipv4Address Source, int SourcePort, byte[] Payload, bool Unicast);
