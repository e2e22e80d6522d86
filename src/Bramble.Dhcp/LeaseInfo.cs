using Bramble.Dhcp.Leases;
using Bramble.Linux.Net;

namespace Bramble.Dhcp;

/// <summary>One held address, for display.</summary>
/// <param name="Address">The address.</param>
/// <param name="Mac">Who has it.</param>
/// <param name="State">Offered, bound or declined.</param>
/// <param name="Expires">Until when, UTC.</param>
public sealed record LeaseInfo(Ipv4Address Address, MacAddress Mac, LeaseState State, DateTimeOffset Expires);
