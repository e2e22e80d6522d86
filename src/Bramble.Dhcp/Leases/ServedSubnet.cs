using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>One subnet that addresses are given in.</summary>
public sealed class ServedSubnet
{
    /// <summary>Of this many addresses, and a quarter of the pool at most, none is given to machines that do not boot from here.</summary>
    public const int MaximumKept = 64;

    // Below this a share of the pool is no help.
    private const int SmallPool = 8;

    private readonly Queue<(Ipv4Address Address, DateTimeOffset Expires)> _offers = new();

    /// <summary>Makes a subnet.</summary>
    /// <exception cref="ArgumentException">The pool does not lie in the subnet, or is the wrong way round.</exception>
    public ServedSubnet(
        Ipv4Subnet subnet,
        Ipv4Address server,
        Ipv4Address poolFirst,
        Ipv4Address poolLast,
        Ipv4Address? gateway = null,
        IReadOnlyList<Ipv4Address>? dnsServers = null)
    {
        if (!subnet.Contains(poolFirst) || !subnet.Contains(poolLast) || poolLast.Value < poolFirst.Value)
        {
            throw new ArgumentException($"The pool {poolFirst} to {poolLast} is no range within {subnet}.", nameof(poolFirst));
        }

        Subnet = subnet;
        Server = server;
        PoolFirst = poolFirst;
        PoolLast = poolLast;
        Gateway = gateway;
        DnsServers = dnsServers is null ? [] : [.. dnsServers];
        Next = poolFirst.Value;
        uint kept = PoolSize < SmallPool ? 0 : Math.Min(PoolSize / 4, MaximumKept);
        SharedLast = new Ipv4Address(poolLast.Value - kept);
    }

    /// <summary>The subnet.</summary>
    public Ipv4Subnet Subnet { get; }

    /// <summary>This server's address: options 54 and 66, and siaddr.</summary>
    public Ipv4Address Server { get; }

    /// <summary>First address of the pool.</summary>
    public Ipv4Address PoolFirst { get; }

    /// <summary>Last address of the pool.</summary>
    public Ipv4Address PoolLast { get; }

    /// <summary>
    /// The last address of the pool that any machine may be given; those behind it are kept for boards that boot from here, so
    /// that no crowd of others, real or forged, keeps them from booting.
    /// </summary>
    public Ipv4Address SharedLast { get; }

    /// <summary>Option 3, or null for none.</summary>
    public Ipv4Address? Gateway { get; }

    /// <summary>Addresses in the pool.</summary>
    public uint PoolSize => PoolLast.Value - PoolFirst.Value + 1;

    /// <summary>Option 6.</summary>
    internal Ipv4Address[] DnsServers { get; }

    /// <summary>Where the search for an address that was never given goes on.</summary>
    internal uint Next { get; set; }

    /// <summary>Addresses drawn ahead, in the order in which they are to be given.</summary>
    internal Queue<Ipv4Address> Stock { get; } = new();

    /// <summary>When the pool is next looked through for free addresses to stock.</summary>
    internal DateTimeOffset NextStocking { get; set; }

    /// <summary>Until then the shared pool is known to be held, so that a storm does not search it again and again.</summary>
    internal ref DateTimeOffset ExhaustedUntil => ref _exhaustedUntil;

    /// <summary>The same of the whole pool.</summary>
    internal ref DateTimeOffset BootsExhaustedUntil => ref _bootsExhaustedUntil;

    private DateTimeOffset _exhaustedUntil;
    private DateTimeOffset _bootsExhaustedUntil;

    /// <summary>True if the address may be given from the pool.</summary>
    public bool InPool(Ipv4Address address) =>
        address.Value >= PoolFirst.Value && address.Value <= PoolLast.Value && IsUsable(address);

    /// <summary>True if the address may be reserved for a client.</summary>
    public bool IsUsable(Ipv4Address address) =>
        IsHost(address)
        && address != Server
        && address != Gateway
        && Array.IndexOf(DnsServers, address) < 0;

    /// <summary>True if a machine can have the address.</summary>
    internal bool IsHost(Ipv4Address address) =>
        Subnet.Contains(address) && (Subnet.PrefixLength >= 31 || (address != Subnet.Network && address != Subnet.BroadcastAddress));

    /// <summary>Notes that a lease was offered.</summary>
    internal void NoteOffer(LeaseBook book, Lease lease, DateTimeOffset now)
    {
        // Most are asked for at once: those need not be remembered until the pool runs out.
        while (_offers.TryPeek(out (Ipv4Address Address, DateTimeOffset Expires) first) && !IsOpen(book, first, now))
        {
            _offers.Dequeue();
        }

        // Where one at the front stays, the rest must not gather behind it.
        if (_offers.Count > 64 + (2 * PoolSize))
        {
            _offers.Clear();
        }

        _offers.Enqueue((lease.Address, lease.Expires));
    }

    /// <summary>The shared address whose offer has gone longest without a REQUEST, or null.</summary>
    internal Ipv4Address? OldestOffer(LeaseBook book, DateTimeOffset now)
    {
        while (_offers.TryDequeue(out (Ipv4Address Address, DateTimeOffset Expires) offer))
        {
            if (offer.Address.Value <= SharedLast.Value && InPool(offer.Address) && IsOpen(book, offer, now))
            {
                return offer.Address;
            }
        }

        return null;
    }

    // Neither asked for, nor offered anew, nor too old.
    private static bool IsOpen(LeaseBook book, (Ipv4Address Address, DateTimeOffset Expires) offer, DateTimeOffset now) =>
        book.FindByAddress(offer.Address) is { State: LeaseState.Offered } lease && lease.Expires == offer.Expires && lease.IsHeld(now);
}
