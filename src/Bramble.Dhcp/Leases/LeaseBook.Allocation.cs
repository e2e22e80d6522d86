using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <content>Which address a client is offered (RFC 2131 section 4.3.1).</content>
public sealed partial class LeaseBook
{
    /// <summary>
    /// Chooses an address: the reserved one, the one it has or had last, the one it asks for, one that was never given,
    /// the one that has been free for longest.
    /// </summary>
    /// <param name="subnet">The client's subnet.</param>
    /// <param name="key">The client.</param>
    /// <param name="mac">Its Ethernet address.</param>
    /// <param name="requested">Option 50, or 0.0.0.0.</param>
    /// <param name="reserved">Its reservation, or null.</param>
    /// <param name="now">The time.</param>
    /// <param name="tooMany">True if the client holds too many addresses under other identifiers.</param>
    /// <returns>The lease, offered or still bound, or null if there is none.</returns>
    internal Lease? Offer(ServedSubnet subnet, ReadOnlySpan<byte> key, MacAddress mac, Ipv4Address requested, Ipv4Address? reserved, DateTimeOffset now, out bool tooMany)
    {
        tooMany = false;
        if (reserved is { } fixedAddress && CanTake(subnet, key, mac, fixedAddress, reserved, now))
        {
            return Hold(fixedAddress, key, mac, now);
        }

        Lease? last = Find(key);
        if (last is not null && CanTake(subnet, key, mac, last.Address, reserved, now))
        {
            return Hold(last.Address, key, mac, now);
        }

        if (last is not { State: not LeaseState.Declined } && CountHeld(mac, now) >= MaximumPerMac)
        {
            tooMany = true;
            return null;
        }

        if (!requested.IsAny && CanTake(subnet, key, mac, requested, reserved, now))
        {
            return Hold(requested, key, mac, now);
        }

        return FindFree(subnet, mac, now) is { } free ? Hold(free, key, mac, now) : null;
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

    private Lease Hold(Ipv4Address address, ReadOnlySpan<byte> key, MacAddress mac, DateTimeOffset now)
    {
        Lease? lease = FindByAddress(address);
        if (lease is null || !lease.Key.AsSpan().SequenceEqual(key))
        {
            lease = Replace(address, key, mac);
        }
        else
        {
            _byKey[lease.Key] = lease;
        }

        if (lease.State != LeaseState.Bound || !lease.IsHeld(now))
        {
            lease.State = LeaseState.Offered;
            lease.Expires = now + OfferTime;
        }

        return lease;
    }

    private bool CanTake(ServedSubnet subnet, ReadOnlySpan<byte> key, MacAddress mac, Ipv4Address address, Ipv4Address? reserved, DateTimeOffset now)
    {
        if (address == reserved ? !subnet.IsUsable(address) : !subnet.InPool(address) || _policy.IsReservedForOther(address, mac))
        {
            return false;
        }

        Lease? lease = FindByAddress(address);
        return lease is null
            || !lease.IsHeld(now)
            || (lease.State != LeaseState.Declined && lease.Key.AsSpan().SequenceEqual(key));
    }

    private Ipv4Address? FindFree(ServedSubnet subnet, MacAddress mac, DateTimeOffset now)
    {
        for (; subnet.Next <= subnet.PoolLast.Value && subnet.Next != 0; subnet.Next++)
        {
            var fresh = new Ipv4Address(subnet.Next);
            if (subnet.InPool(fresh) && !_byAddress.ContainsKey(fresh) && !_policy.IsReservedForOther(fresh, mac))
            {
                subnet.Next++;
                return fresh;
            }
        }

        if (subnet.ExhaustedUntil > now)
        {
            return null;
        }

        Lease? oldest = null;
        DateTimeOffset firstEnd = now + OfferTime;
        for (uint value = subnet.PoolFirst.Value; value <= subnet.PoolLast.Value && value != 0; value++)
        {
            var address = new Ipv4Address(value);
            if (!subnet.InPool(address) || _policy.IsReservedForOther(address, mac))
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
            subnet.ExhaustedUntil = firstEnd < now + TimeSpan.FromSeconds(1) ? firstEnd : now + TimeSpan.FromSeconds(1);
        }

        return oldest?.Address;
    }

    private int CountHeld(MacAddress mac, DateTimeOffset now)
    {
        if (_countByMac.GetValueOrDefault(mac) < MaximumPerMac)
        {
            return 0;
        }

        int held = 0;
        foreach (Lease lease in _byAddress.Values)
        {
            held += lease.Mac == mac && lease.IsHeld(now) ? 1 : 0;
        }

        return held;
    }
}
