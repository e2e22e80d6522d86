using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>An address that a board asked for by ARP.</summary>
/// <param name="Target">The address.</param>
/// <param name="Times">How often.</param>
internal readonly record struct ArpQuestion(Ipv4Address Target, int Times);
