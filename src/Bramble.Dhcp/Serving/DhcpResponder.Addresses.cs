using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <content>Choosing an address that nobody uses.</content>
public sealed partial class DhcpResponder
{
    // So many of the pool in use by strangers in a row is a network to look at, not to search through for one client.
    private const int MaximumTaken = 8;

    private static readonly TimeSpan s_stockInterval = TimeSpan.FromMilliseconds(50);

    private DateTimeOffset _nextStocking;

    /// <summary>Draws addresses of each pool ahead and begins to probe them. Call once a turn.</summary>
    internal void StockAddresses(DateTimeOffset now)
    {
        if (Probes is null || IsProxy || now < _nextStocking)
        {
            return;
        }

        _nextStocking = now + s_stockInterval;

        // Those of relayed subnets are not on this link.
        for (int i = 0; i < _options.Interfaces.Count; i++)
        {
            _book.Stock(_subnets[i], AddressProbes.Ahead, now);
            foreach (Ipv4Address address in _subnets[i].Stock)
            {
                Probes.Ask(i, address, default, now, out _);
            }
        }
    }

    /// <summary>Somebody said by ARP that it has an address.</summary>
    /// <param name="port">Index of the interface.</param>
    /// <param name="address">The address.</param>
    /// <param name="mac">Who.</param>
    /// <param name="now">The time.</param>
    /// <returns>True if the address was about to be offered and is now out of use.</returns>
    internal bool OnAddressClaimed(int port, Ipv4Address address, MacAddress mac, DateTimeOffset now)
    {
        // The client that is waiting for it may still use it from an earlier lease.
        return Probes is not null && Probes.Answered(port, address, mac, now)
            && !(_book.FindByAddress(address) is { State: LeaseState.Offered } offered && offered.Mac == mac)
            && PutOutOfUse(port, address, mac, now);
    }

    private Lease? Choose(in Inbound inbound)
    {
        inbound.Packet.TryGetAddress(DhcpOption.RequestedAddress, out Ipv4Address requested);
        for (int taken = 0; taken < MaximumTaken; taken++)
        {
            Lease? lease = _book.Offer(ClientOf(inbound), requested, inbound.Now, out bool tooMany);
            if (lease is null)
            {
                Drop(tooMany ? DhcpDropReason.TooManyLeases : DhcpDropReason.PoolExhausted);
                return null;
            }

            if (!lease.IsUnproved || Probes is null || inbound.IsRelayed)
            {
                return lease;
            }

            switch (Probes.Ask(inbound.Arrival.Interface, lease.Address, inbound.Mac, inbound.Now, out MacAddress user))
            {
                case ProbeVerdict.Running:
                    _waits = true;
                    return null;
                case ProbeVerdict.Clear:
                    lease.IsUnproved = false;
                    Probes.Forget(lease.Address);
                    return lease;
                default:
                    if (!PutOutOfUse(inbound.Arrival.Interface, lease.Address, user, inbound.Now))
                    {
                        // The client's own lease, which it declined: so it was right.
                        _book.Decline(inbound.Key, lease.Address, inbound.Now);
                    }

                    break;
            }
        }

        Drop(DhcpDropReason.PoolExhausted);
        return null;
    }

    private bool PutOutOfUse(int port, Ipv4Address address, MacAddress mac, DateTimeOffset now)
    {
        Probes!.Forget(address);
        if (!_book.Quarantine(_subnets[port], address, mac, now))
        {
            return false;
        }

        _counters.Count(DhcpEventKind.AddressInUse);
        var user = new BoardIdentity(mac, PiFamily.None, null, null, PiModel.Unknown);
        _events.OnDhcp(new DhcpEvent(now, DhcpEventKind.AddressInUse, user, ClientStage.OperatingSystem, address, _subnets[port].Server, 0));
        return true;
    }

    private static LeaseClient ClientOf(in Inbound inbound) =>
        new(inbound.Subnet, inbound.Key, inbound.Mac, inbound.Decision.ReservedAddress, MayBoot(inbound));
}
