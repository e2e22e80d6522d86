using Bramble.Dhcp.Policy;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>
/// Who has which address. In memory, without a clock of its own; what must survive goes to <see cref="ILeaseLog"/>.
/// One thread. Expired and released leases stay in it, so that a client that comes back gets its address again, until
/// the address is needed for another.
/// </summary>
public sealed partial class LeaseBook
{
    /// <summary>How long an address is kept for a client that has not yet asked for it.</summary>
    public static readonly TimeSpan OfferTime = TimeSpan.FromSeconds(60);

    /// <summary>How long an offer to a Pi 3 counts as a lease: it uses the address without asking, until its system does its own DHCP.</summary>
    public static readonly TimeSpan ShortBindingTime = TimeSpan.FromMinutes(10);

    /// <summary>How long an address stays out of use after DHCPDECLINE.</summary>
    public static readonly TimeSpan QuarantineTime = TimeSpan.FromHours(1);

    /// <summary>Addresses that one Ethernet address may hold under different client identifiers (boot loader, installer, containers).</summary>
    public const int MaximumPerMac = 8;

    /// <summary>Addresses that are remembered for clients that do not hold them now.</summary>
    public const int MaximumFree = 8192;

    private const int MostExpected = 65536;

    private readonly ILeaseLog _log;
    private readonly IBootPolicy _policy;
    private readonly Dictionary<Ipv4Address, Lease> _byAddress = [];
    private readonly Dictionary<byte[], Lease> _byKey = new(new ClientKey.Comparer());
    private readonly Dictionary<byte[], Lease>.AlternateLookup<ReadOnlySpan<byte>> _byKeySpan;
    private readonly Dictionary<MacAddress, int> _countByMac = [];

    /// <summary>Makes an empty book.</summary>
    /// <param name="log">Where changes go.</param>
    /// <param name="policy">Asked for addresses that are kept for others.</param>
    public LeaseBook(ILeaseLog log, IBootPolicy policy)
    {
        _log = log;
        _policy = policy;
        _byKeySpan = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>
    /// Makes room for so many addresses at once. Tables that double as they fill leave their halves to a collector that seldom comes; room that is
    /// not used takes no memory.
    /// </summary>
    /// <param name="addresses">Addresses in all pools; room is made for 65,536 at most.</param>
    internal void Expect(long addresses)
    {
        int room = (int)Math.Min(addresses, MostExpected);
        _byAddress.EnsureCapacity(room);
        _byKey.EnsureCapacity(room);
        _countByMac.EnsureCapacity(room);
    }

    /// <summary>All leases, held or not, in no order.</summary>
    public IReadOnlyCollection<Lease> Leases => _byAddress.Values;

    /// <summary>The lease of an address, or null if it was never given.</summary>
    public Lease? FindByAddress(Ipv4Address address) => _byAddress.GetValueOrDefault(address);

    /// <summary>The last lease of a client, or null.</summary>
    internal Lease? Find(ReadOnlySpan<byte> key) => _byKeySpan.TryGetValue(key, out Lease? lease) ? lease : null;

    /// <summary>Puts a lease in as it was read from disk; a later one of the same address replaces it.</summary>
    internal void Load(Lease lease)
    {
        Put(lease);
        lease.Expires = lease.HeldUntil;
    }

    /// <summary>Binds an address to its client and logs it if the time on disk does not cover the new one.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="address">The address that it asks for.</param>
    /// <param name="now">The time.</param>
    /// <param name="time">How long.</param>
    /// <returns>The lease, or null if the client cannot have the address.</returns>
    internal Lease? Bind(in LeaseClient client, Ipv4Address address, DateTimeOffset now, TimeSpan time)
    {
        Lease? lease = FindByAddress(address);
        bool own = lease is not null && lease.Key.AsSpan().SequenceEqual(client.Key) && lease.State != LeaseState.Declined;
        if (!own)
        {
            if (!CanTake(client, address, now))
            {
                return null;
            }

            lease = Replace(address, client.Key, client.Mac);
        }

        _byKey[lease!.Key] = lease;
        Rename(lease, client.Mac);
        BindAndLog(lease, now, time);
        return lease;
    }

    /// <summary>Gives an address back (DHCPRELEASE). False if the client does not hold it.</summary>
    internal bool Release(ReadOnlySpan<byte> key, Ipv4Address address, DateTimeOffset now)
    {
        Lease? lease = FindByAddress(address);
        if (lease is null || !lease.Key.AsSpan().SequenceEqual(key) || lease.State == LeaseState.Declined || !lease.IsHeld(now))
        {
            return false;
        }

        bool logged = lease.HeldUntil != default;
        lease.State = LeaseState.Released;
        lease.Expires = lease.HeldUntil = now;
        if (logged)
        {
            _log.Append(lease);
        }

        return true;
    }

    /// <summary>Puts an address in quarantine (DHCPDECLINE). False if it is not the client's.</summary>
    internal bool Decline(ReadOnlySpan<byte> key, Ipv4Address address, DateTimeOffset now)
    {
        Lease? lease = FindByAddress(address);
        if (lease is null || !lease.Key.AsSpan().SequenceEqual(key))
        {
            return false;
        }

        Quarantine(lease, now);
        return true;
    }

    /// <summary>Has the address of a client probed before it is offered to it again: somebody says that another machine uses it.</summary>
    internal void Doubt(ReadOnlySpan<byte> key, Ipv4Address address)
    {
        if (FindByAddress(address) is { } lease && lease.Key.AsSpan().SequenceEqual(key))
        {
            lease.IsUnproved = true;
        }
    }

    /// <summary>Puts an address in quarantine that a machine uses without having it from here. False if it is a client's lease.</summary>
    /// <param name="subnet">Its subnet.</param>
    /// <param name="address">The address.</param>
    /// <param name="mac">The machine that answers for it.</param>
    /// <param name="now">The time.</param>
    internal bool Quarantine(ServedSubnet subnet, Ipv4Address address, MacAddress mac, DateTimeOffset now)
    {
        if (!subnet.IsUsable(address) || (FindByAddress(address) is { State: LeaseState.Bound } bound && bound.IsHeld(now)))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[ClientKey.Maximum];
        Quarantine(Replace(address, ClientKey.WriteConflict(key, subnet.Subnet, address), mac), now);
        return true;
    }

    /// <summary>
    /// Forgets the addresses that have been free for longest, so that the book does not grow with everybody who ever passed by.
    /// The journal forgets them when it is next rewritten.
    /// </summary>
    /// <returns>How many.</returns>
    internal int Trim(DateTimeOffset now)
    {
        if (_byAddress.Count <= MaximumFree)
        {
            return 0;
        }

        List<Lease> free = [.. _byAddress.Values.Where(l => !l.IsHeld(now))];
        if (free.Count <= MaximumFree)
        {
            return 0;
        }

        // Many at once, because looking for the oldest takes a while.
        free.Sort(static (a, b) => a.Expires.CompareTo(b.Expires));
        int surplus = free.Count - (MaximumFree / 4 * 3);
        foreach (Lease lease in free.Take(surplus))
        {
            Remove(lease);
        }

        return surplus;
    }

    private void Quarantine(Lease lease, DateTimeOffset now)
    {
        lease.State = LeaseState.Declined;
        lease.Expires = lease.HeldUntil = now + QuarantineTime;
        _log.Append(lease);
    }

    private void BindAndLog(Lease lease, DateTimeOffset now, TimeSpan time)
    {
        bool wasBound = lease.State == LeaseState.Bound;
        DateTimeOffset expires = now + time;

        // A short binding (Pi 3) never shortens what the same board's system was promised.
        if (!wasBound || expires > lease.Expires)
        {
            lease.Expires = expires;
        }

        lease.State = LeaseState.Bound;
        lease.IsUnproved = lease.IsContested = false;
        if (!wasBound || lease.Expires > lease.HeldUntil)
        {
            lease.HeldUntil = lease.Expires + (time / 2);
            _log.Append(lease);
        }
    }

    private Lease Replace(Ipv4Address address, ReadOnlySpan<byte> key, MacAddress mac)
    {
        var lease = new Lease(address, key.ToArray(), mac);
        Put(lease);
        return lease;
    }

    private void Put(Lease lease)
    {
        if (_byAddress.TryGetValue(lease.Address, out Lease? old))
        {
            Remove(old);
        }

        _byAddress[lease.Address] = lease;
        _byKey[lease.Key] = lease;
        CountByMac(lease.Mac, 1);
    }

    private void Remove(Lease lease)
    {
        _byAddress.Remove(lease.Address);
        if (_byKey.TryGetValue(lease.Key, out Lease? current) && ReferenceEquals(current, lease))
        {
            _byKey.Remove(lease.Key);
        }

        CountByMac(lease.Mac, -1);
    }

    // A client identifier may move to another network card.
    private void Rename(Lease lease, MacAddress mac)
    {
        if (lease.Mac != mac)
        {
            CountByMac(lease.Mac, -1);
            CountByMac(mac, 1);
            lease.Mac = mac;
        }
    }

    private void CountByMac(MacAddress mac, int change)
    {
        int count = _countByMac.GetValueOrDefault(mac) + change;
        if (count == 0)
        {
            _countByMac.Remove(mac);
        }
        else
        {
            _countByMac[mac] = count;
        }
    }
}
