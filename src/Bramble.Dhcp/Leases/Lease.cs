using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>One address and the client it belongs to, or belonged to last.</summary>
public sealed class Lease
{
    // Ticks, because there may be many leases and a DateTimeOffset takes twice as much.
    private long _expires;
    private long _heldUntil;

    internal Lease(Ipv4Address address, byte[] key, MacAddress mac)
    {
        Address = address;
        Key = key;
        Mac = mac;
    }

    /// <summary>The address.</summary>
    public Ipv4Address Address { get; }

    /// <summary>The client's Ethernet address.</summary>
    public MacAddress Mac { get; internal set; }

    /// <summary>What it is doing.</summary>
    public LeaseState State { get; internal set; }

    /// <summary>Until when it is held, UTC.</summary>
    public DateTimeOffset Expires
    {
        get => new(_expires, TimeSpan.Zero);
        internal set => _expires = value.UtcTicks;
    }

    /// <summary>
    /// Until when it is held by what is on disk. At least <see cref="Expires"/> and up to half a lease time later, so that
    /// renewals within that half need no write and yet no acknowledged time is ever longer than the one on disk.
    /// </summary>
    public DateTimeOffset HeldUntil
    {
        get => new(_heldUntil, TimeSpan.Zero);
        internal set => _heldUntil = value.UtcTicks;
    }

    /// <summary>Subnet and identifier of the client, see <see cref="ClientKey"/>.</summary>
    internal byte[] Key { get; }

    /// <summary>True from the first offer to this client until it is known that nobody else uses the address.</summary>
    internal bool IsUnproved { get; set; }

    /// <summary>True if it was offered to somebody else before who may still ask for it: the first to ask has it.</summary>
    internal bool IsContested { get; set; }

    /// <summary>True if a machine answers for the address that has it from nobody here; <see cref="Mac"/> is that machine.</summary>
    internal bool IsConflict => State == LeaseState.Declined && ClientKey.IsConflict(Key);

    /// <summary>True if nobody else may have the address now.</summary>
    public bool IsHeld(DateTimeOffset now) => State != LeaseState.Released && Expires > now;
}
