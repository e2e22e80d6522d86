using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <content>Which address a client is offered (RFC 2131 section 4.3.1).</content>
public sealed partial class LeaseBook
{
    private static readonly TimeSpan s_restock = TimeSpan.FromSeconds(5);

    private MacAddress _refused;
    private DateTimeOffset _refusedUntil;

    /// <summary>
    /// Chooses an address: the reserved one, the one it has or had last, the one it asks for, one that was never given,
    /// the one that has been free for longest, and when none is free the one of the oldest offer that nobody asked for.
    /// </summary>
    /// <param name="client">Who asks.</param>
    /// <param name="requested">Option 50, or 0.0.0.0.</param>
    /// <param name="now">The time.</param>
    /// <param name="tooMany">True if the client holds too many addresses under other identifiers.</param>
    /// <returns>The lease, offered or still bound, or null if there is none.</returns>
    internal Lease? Offer(in LeaseClient client, Ipv4Address requested, DateTimeOffset now, out bool tooMany)
    {
        tooMany = false;
        if (client.Reserved is { } reserved && CanTake(client, reserved, now))
        {
            return Hold(client, reserved, now);
        }

        Lease? last = Find(client.Key);
        if (last is not null && CanTake(client, last.Address, now))
        {
            return Hold(client, last.Address, now);
        }

        if (last is not { State: not LeaseState.Declined } && HoldsTooMany(client.Mac, now))
        {
            tooMany = true;
            return null;
        }

        if (!requested.IsAny && CanTake(client, requested, now))
        {
            return Hold(client, requested, now);
        }

        return FindFree(client, now) is { } free ? Hold(client, free, now) : null;
    }

    /// <summary>Drops an offer that its client did not take (it chose another server).</summary>
    internal void Withdraw(ReadOnlySpan<byte> key, DateTimeOffset now)
    {
        if (Find(key) is { State: LeaseState.Offered } lease)
        {
            lease.State = LeaseState.Released;
            lease.Expires = now;
        }
    }

    /// <summary>Makes an offer a lease at once, for a board that will not ask for it.</summary>
    internal void BindShortly(Lease lease, DateTimeOffset now) => BindAndLog(lease, now, ShortBindingTime);

    /// <summary>Draws the next addresses of a pool ahead into <see cref="ServedSubnet.Stock"/>, so that they can be probed before they are needed.</summary>
    /// <param name="subnet">The subnet.</param>
    /// <param name="wanted">How many the stock is to have.</param>
    /// <param name="now">The time.</param>
    internal void Stock(ServedSubnet subnet, int wanted, DateTimeOffset now)
    {
        for (int i = subnet.Stock.Count; i > 0; i--)
        {
            Ipv4Address address = subnet.Stock.Dequeue();
            if (FindByAddress(address)?.IsHeld(now) != true)
            {
                subnet.Stock.Enqueue(address);
            }
        }

        while (subnet.Stock.Count < wanted && NextFresh(subnet, default, subnet.SharedLast) is { } fresh)
        {
            subnet.Stock.Enqueue(fresh);
        }

        if (subnet.Stock.Count >= wanted || subnet.NextStocking > now)
        {
            return;
        }

        // All were given once: those that are free again, the longest first. That means looking at the whole pool.
        subnet.NextStocking = now + s_restock;
        var free = new List<(DateTimeOffset Since, Ipv4Address Address)>();
        for (uint value = subnet.PoolFirst.Value; value <= subnet.SharedLast.Value && value != 0; value++)
        {
            var address = new Ipv4Address(value);
            Lease? lease = FindByAddress(address);
            if (subnet.InPool(address) && lease?.IsHeld(now) != true && !_policy.IsReservedForOther(address, default) && !subnet.Stock.Contains(address))
            {
                free.Add((lease?.Expires ?? default, address));
            }
        }

        free.Sort();
        foreach ((_, Ipv4Address address) in free.Take(wanted - subnet.Stock.Count))
        {
            subnet.Stock.Enqueue(address);
        }
    }

    private Lease Hold(in LeaseClient client, Ipv4Address address, DateTimeOffset now)
    {
        Lease? lease = FindByAddress(address);
        if (lease is null || !lease.Key.AsSpan().SequenceEqual(client.Key))
        {
            bool contested = lease is { State: LeaseState.Offered } && lease.IsHeld(now);
            lease = Replace(address, client.Key, client.Mac);
            lease.IsUnproved = true;
            lease.IsContested = contested;
        }
        else
        {
            _byKey[lease.Key] = lease;
        }

        if (lease.State != LeaseState.Bound || !lease.IsHeld(now))
        {
            lease.State = LeaseState.Offered;
            lease.Expires = now + OfferTime;
            client.Subnet.NoteOffer(this, lease, now);
        }

        return lease;
    }

    private bool CanTake(in LeaseClient client, Ipv4Address address, DateTimeOffset now)
    {
        ServedSubnet subnet = client.Subnet;
        if (address == client.Reserved ? !subnet.IsUsable(address) : !subnet.InPool(address) || _policy.IsReservedForOther(address, client.Mac))
        {
            return false;
        }

        Lease? lease = FindByAddress(address);
        bool own = lease is not null && lease.Key.AsSpan().SequenceEqual(client.Key);
        if (!own && !client.Boots && address != client.Reserved && address.Value > subnet.SharedLast.Value)
        {
            return false;
        }

        return lease is null
            || !lease.IsHeld(now)
            || (own && lease.State != LeaseState.Declined)
            || (lease.IsConflict && lease.Mac == client.Mac)
            || (lease.IsContested && lease.State == LeaseState.Offered);
    }

    private Ipv4Address? FindFree(in LeaseClient client, DateTimeOffset now)
    {
        ServedSubnet subnet = client.Subnet;
        while (subnet.Stock.TryDequeue(out Ipv4Address stocked))
        {
            // It may have been given by another way since it was drawn.
            if (CanTake(client, stocked, now))
            {
                return stocked;
            }
        }

        Ipv4Address last = client.Boots ? subnet.PoolLast : subnet.SharedLast;
        return NextFresh(subnet, client.Mac, last) ?? LongestFree(client, last, now) ?? subnet.OldestOffer(this, now);
    }

    private Ipv4Address? NextFresh(ServedSubnet subnet, MacAddress mac, Ipv4Address last)
    {
        for (; subnet.Next <= last.Value && subnet.Next != 0; subnet.Next++)
        {
            var fresh = new Ipv4Address(subnet.Next);
            if (subnet.InPool(fresh) && !_byAddress.ContainsKey(fresh) && !_policy.IsReservedForOther(fresh, mac))
            {
                subnet.Next++;
                return fresh;
            }
        }

        return null;
    }

    private Ipv4Address? LongestFree(in LeaseClient client, Ipv4Address last, DateTimeOffset now)
    {
        ServedSubnet subnet = client.Subnet;
        ref DateTimeOffset exhaustedUntil = ref client.Boots ? ref subnet.BootsExhaustedUntil : ref subnet.ExhaustedUntil;
        if (exhaustedUntil > now)
        {
            return null;
        }

        Lease? oldest = null;
        DateTimeOffset firstEnd = now + OfferTime;
        for (uint value = subnet.PoolFirst.Value; value <= last.Value && value != 0; value++)
        {
            var address = new Ipv4Address(value);
            if (!subnet.InPool(address) || _policy.IsReservedForOther(address, client.Mac))
            {
                continue;
            }

            Lease? lease = FindByAddress(address);
            if (lease is null)
            {
                return address;
            }

            if (lease.IsHeld(now))
            {
                firstEnd = lease.Expires < firstEnd ? lease.Expires : firstEnd;
            }
            else if (oldest is null || lease.Expires < oldest.Expires)
            {
                oldest = lease;
            }
        }

        if (oldest is null)
        {
            // A release before then is found a little late; a second is short for a client and long for a storm.
            exhaustedUntil = firstEnd < now + TimeSpan.FromSeconds(1) ? firstEnd : now + TimeSpan.FromSeconds(1);
        }

        return oldest?.Address;
    }

    private bool HoldsTooMany(MacAddress mac, DateTimeOffset now)
    {
        if (_countByMac.GetValueOrDefault(mac) < MaximumPerMac)
        {
            return false;
        }

        // Looked at once a second, so that one machine that asks without end cannot keep the loop busy.
        if (mac == _refused && now < _refusedUntil)
        {
            return true;
        }

        int held = 0;
        foreach (Lease lease in _byAddress.Values)
        {
            held += lease.Mac == mac && lease.IsHeld(now) ? 1 : 0;
        }

        if (held >= MaximumPerMac)
        {
            (_refused, _refusedUntil) = (mac, now + TimeSpan.FromSeconds(1));
        }

        return held >= MaximumPerMac;
    }
}
