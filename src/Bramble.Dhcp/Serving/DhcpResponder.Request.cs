using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <content>DHCPREQUEST in its four states (RFC 2131 section 4.3.2, table 4).</content>
public sealed partial class DhcpResponder
{
    private void OnRequest(in Inbound inbound, ReplyBatch replies)
    {
        DhcpPacket packet = inbound.Packet;
        packet.TryGetAddress(DhcpOption.RequestedAddress, out Ipv4Address requested);
        Ipv4Address wanted = requested.IsAny ? packet.Ciaddr : requested;
        Emit(DhcpEventKind.Request, inbound, wanted, inbound.Subnet.Server);

        if (packet.TryGetAddress(DhcpOption.ServerIdentifier, out Ipv4Address server))
        {
            if (IsOurs(server))
            {
                OnSelecting(inbound, wanted, replies);
            }
            else
            {
                // The client took another server's offer.
                Emit(DhcpEventKind.OtherServer, inbound, wanted, server);
                _book.Withdraw(inbound.Key, inbound.Now);
                Drop(DhcpDropReason.OtherServer);
            }
        }
        else if (IsProxy)
        {
            KeepOldLease(inbound, wanted, replies);
        }
        else if (packet.Ciaddr.IsAny)
        {
            OnInitReboot(inbound, requested, replies);
        }
        else
        {
            OnRenewing(inbound, packet.Ciaddr, replies);
        }
    }

    private void OnSelecting(in Inbound inbound, Ipv4Address wanted, ReplyBatch replies)
    {
        if (IsProxy)
        {
            KeepOldLease(inbound, wanted, replies);
            return;
        }

        if (!GetsAddress(inbound))
        {
            Drop(DhcpDropReason.NotServed);
            return;
        }

        if (Bind(inbound, wanted) is { } lease)
        {
            SendAck(inbound, lease, replies);
        }
        else
        {
            SendNak(inbound, wanted, "the address is not yours", replies);
        }
    }

    // "I had this address before I was switched off": no server identifier, no ciaddr.
    private void OnInitReboot(in Inbound inbound, Ipv4Address requested, ReplyBatch replies)
    {
        if (!inbound.Subnet.Subnet.Contains(requested))
        {
            SendNak(inbound, requested, "wrong network", replies);
            return;
        }

        if (!GetsAddress(inbound))
        {
            Drop(DhcpDropReason.NotServed);
            return;
        }

        Ipv4Address? recorded = inbound.Decision.ReservedAddress ?? _book.Find(inbound.Key)?.Address;
        if (recorded is null)
        {
            // No record of this client: a server must stay silent here, for another may know it.
            Drop(DhcpDropReason.UnknownLease);
            return;
        }

        if (recorded == requested && Bind(inbound, requested) is { } lease)
        {
            SendAck(inbound, lease, replies);
        }
        else
        {
            SendNak(inbound, requested, "the address is not yours", replies);
        }
    }

    // RENEWING comes as unicast to the server that gave the lease, REBINDING as broadcast to any.
    private void OnRenewing(in Inbound inbound, Ipv4Address address, ReplyBatch replies)
    {
        Lease? lease = _book.FindByAddress(address);
        bool own = lease is not null && lease.State == LeaseState.Bound && lease.Key.AsSpan().SequenceEqual(inbound.Key);
        bool rebinding = inbound.Arrival.Destination == Ipv4Address.Broadcast;
        if (!own && rebinding && !(lease?.IsHeld(inbound.Now) ?? false))
        {
            Drop(DhcpDropReason.UnknownLease);
            return;
        }

        // A running system keeps its address even where a reservation has changed since: its root hangs on it.
        if (Bind(inbound, address) is { } bound)
        {
            SendAck(inbound, bound, replies);
        }
        else
        {
            SendNak(inbound, address, "the address is not yours", replies);
        }
    }

    // A server that became a proxy goes on renewing what it gave, and nothing else.
    private void KeepOldLease(in Inbound inbound, Ipv4Address address, ReplyBatch replies)
    {
        Lease? lease = _book.FindByAddress(address);
        if (lease is { State: LeaseState.Bound } && lease.IsHeld(inbound.Now)
            && lease.Key.AsSpan().SequenceEqual(inbound.Key) && Bind(inbound, address) is { } bound)
        {
            SendAck(inbound, bound, replies);
        }
        else
        {
            Drop(DhcpDropReason.NotForProxy);
        }
    }

    // Null if the client cannot have the address.
    private Lease? Bind(in Inbound inbound, Ipv4Address address) =>
        HoldsAnother(inbound, address) ? null : _book.Bind(ClientOf(inbound), address, inbound.Now, _options.LeaseTime);

    // Anybody can send a DHCPREQUEST in a client's name. A client that holds an address gets another one only by a reservation or
    // after an offer, which makes the offered address its own.
    private bool HoldsAnother(in Inbound inbound, Ipv4Address address) =>
        inbound.Decision.ReservedAddress != address
        && _book.Find(inbound.Key) is { State: LeaseState.Bound } held && held.Address != address && held.IsHeld(inbound.Now)
        && !(_book.FindByAddress(address) is { } lease && lease.Key.AsSpan().SequenceEqual(inbound.Key));
}
