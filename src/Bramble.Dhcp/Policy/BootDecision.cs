using Bramble.Linux.Net;

namespace Bramble.Dhcp.Policy;

/// <summary>The answer to "who is this, may it boot?".</summary>
/// <param name="Disposition">What to do.</param>
/// <param name="HostName">Option 12 for it, or null.</param>
/// <param name="ReservedAddress">Its fixed address, or null for one of the pool.</param>
public readonly record struct BootDecision(BootDisposition Disposition, string? HostName = null, Ipv4Address? ReservedAddress = null);
