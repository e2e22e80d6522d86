namespace Bramble.Dhcp.Leases;

/// <summary>What an address is doing. Whether it is still held also depends on <see cref="Lease.Expires"/>.</summary>
public enum LeaseState : byte
{
    /// <summary>Offered, not yet asked for; not on disk.</summary>
    Offered = 0,

    /// <summary>Acknowledged, or offered to a Pi 3, which never asks.</summary>
    Bound = 1,

    /// <summary>Given back; still the first choice for its client.</summary>
    Released = 2,

    /// <summary>A client found it in use by somebody else (DHCPDECLINE): given to nobody until it expires.</summary>
    Declined = 3,
}
