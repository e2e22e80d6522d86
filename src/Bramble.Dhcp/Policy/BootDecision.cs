using Bramble.Linux.Net;

namespace Bramble.Dhcp.Policy;

/// <summary>The answer to "who is this, may it boot?".</summary>
/// <param name="Disposition">What to do.</param>
/// <param name="HostName">Option 12 for it, or null.</param>
/// <param name="ReservedAddress">Its fixed address, or null for one of the pool.</param>
/// <param name="UefiBootFile">The TFTP path that UEFI on the board is told to start (option 67), or null if it is told nothing. ASCII, at most 127 characters.</param>
public readonly record struct BootDecision(
    BootDisposition Disposition, string? HostName = null, Ipv4Address? ReservedAddress = null, string? UefiBootFile = null);
