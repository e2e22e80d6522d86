using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <content>Writing replies (RFC 2131 table 3) and choosing where they go (section 4.1).</content>
public sealed partial class DhcpResponder
{
    /// <summary>How long an OFFER to a Pi 3 waits to see whether other Pi 3s ask at the same moment.</summary>
    internal static readonly TimeSpan Pi3Settle = TimeSpan.FromMilliseconds(50);

    private void SendOffer(in Inbound inbound, Lease lease, bool pi3, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Offer, replies);
        AddLease(ref writer, inbound, lease);
        Reply reply = Route(inbound, lease.Address);
        if (pi3 && !inbound.IsRelayed)
        {
            reply = reply with { Route = ReplyRoute.BroadcastUnlessContended, Delay = Pi3Settle, Nudge = true, NeedsDurability = true };
        }

        Finish(ref writer, inbound, replies, reply with { NeedsDurability = pi3 });
        Emit(DhcpEventKind.Offer, inbound, lease.Address, inbound.Subnet.Server);
    }

    private void SendAck(in Inbound inbound, Lease lease, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Ack, replies);
        writer.Ciaddr = inbound.Packet.Ciaddr;
        AddLease(ref writer, inbound, lease);
        Finish(ref writer, inbound, replies, Route(inbound, lease.Address) with { NeedsDurability = true });
        Emit(DhcpEventKind.Ack, inbound, lease.Address, inbound.Subnet.Server);
    }

    private void SendInformAck(in Inbound inbound, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Ack, replies);
        writer.Ciaddr = inbound.Packet.Ciaddr;
        AddNetwork(ref writer, inbound);
        Finish(ref writer, inbound, replies, Route(inbound, inbound.Packet.Ciaddr));
        Emit(DhcpEventKind.Ack, inbound, inbound.Packet.Ciaddr, inbound.Subnet.Server);
    }

    private void SendNak(in Inbound inbound, Ipv4Address address, string message, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Nak, replies);
        writer.AddText(DhcpOption.Message, message);

        // A client with a wrong address may not be reachable by it: always broadcast, also by the relay agent.
        Reply reply = Route(inbound, default);
        if (inbound.IsRelayed)
        {
            writer.SetBroadcastFlag();
        }
        else
        {
            reply = reply with { Route = ReplyRoute.Broadcast, Port = _options.ClientPort };
        }

        Finish(ref writer, inbound, replies, reply);
        Emit(DhcpEventKind.Nak, inbound, address, inbound.Subnet.Server);
    }

    // yiaddr 0 and no lease: the client joins it with the OFFER of the DHCP server, in either order.
    private void SendProxyOffer(in Inbound inbound, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Offer, replies);
        writer.SetBroadcastFlag();
        AddBoot(ref writer, inbound);
        Reply reply = Route(inbound, default);
        if (!inbound.IsRelayed)
        {
            reply = reply with { Route = ReplyRoute.Broadcast };
        }

        if (inbound.Board.Family == PiFamily.Pi3)
        {
            reply = reply with { Delay = _options.Pi3ProxyDelay, Nudge = true };
        }

        Finish(ref writer, inbound, replies, reply);
        Emit(DhcpEventKind.ProxyOffer, inbound, default, inbound.Subnet.Server);
    }

    private static DhcpWriter Begin(in Inbound inbound, DhcpMessageType type, ReplyBatch replies)
    {
        int limit = DhcpHeader.DefaultMaximum;
        if (inbound.Packet.TryGetUInt16(DhcpOption.MaximumMessageSize, out ushort maximum))
        {
            limit = Math.Clamp(maximum - 28, DhcpHeader.DefaultMaximum, DhcpHeader.EthernetMaximum);
        }

        var writer = new DhcpWriter(replies.NextBuffer, limit, inbound.Packet, type);
        writer.AddAddress(DhcpOption.ServerIdentifier, inbound.Subnet.Server);
        return writer;
    }

    private void AddLease(ref DhcpWriter writer, in Inbound inbound, Lease lease)
    {
        uint seconds = (uint)_options.LeaseTime.TotalSeconds;
        writer.Yiaddr = lease.Address;
        writer.AddUInt32(DhcpOption.LeaseTime, seconds);
        writer.AddUInt32(DhcpOption.RenewalTime, seconds / 2);
        writer.AddUInt32(DhcpOption.RebindingTime, seconds / 8 * 7);
        AddNetwork(ref writer, inbound);
    }

    private void AddNetwork(ref DhcpWriter writer, in Inbound inbound)
    {
        ServedSubnet subnet = inbound.Subnet;
        writer.AddAddress(DhcpOption.SubnetMask, subnet.Subnet.Mask);
        if (subnet.Gateway is { } gateway)
        {
            writer.AddAddress(DhcpOption.Router, gateway);
        }

        writer.AddAddresses(DhcpOption.DomainNameServer, subnet.DnsServers);
        writer.AddAddress(DhcpOption.BroadcastAddress, subnet.Subnet.BroadcastAddress);
        if (inbound.Boots)
        {
            AddBoot(ref writer, inbound);
            return;
        }

        writer.AddText(DhcpOption.HostName, inbound.Decision.HostName);
        writer.AddText(DhcpOption.DomainName, _options.DomainName);
        writer.AddAddresses(DhcpOption.NtpServers, _ntpServers);
    }

    // siaddr, 54 and 66 name the same address, so it does not matter which of them a firmware release prefers.
    private void AddBoot(ref DhcpWriter writer, in Inbound inbound)
    {
        Ipv4Address server = inbound.Subnet.Server;
        writer.Siaddr = server;
        writer.Add(DhcpOption.VendorClass, PxeMenu.VendorClass);
        if (inbound.Packet.TryGetOption(DhcpOption.ClientMachineIdentifier, _scratch, out ReadOnlySpan<byte> identifier))
        {
            writer.Add(DhcpOption.ClientMachineIdentifier, identifier);
        }

        writer.AddDottedQuad(DhcpOption.TftpServerName, server);
        writer.Add(DhcpOption.VendorSpecific, PxeMenu.RaspberryPiBoot);
    }

    private Reply Route(in Inbound inbound, Ipv4Address yiaddr)
    {
        var reply = new Reply(inbound.Arrival.Interface, ReplyRoute.Broadcast, yiaddr, inbound.Mac, _options.ClientPort, default, false, false);
        if (inbound.IsRelayed)
        {
            return reply with { Route = ReplyRoute.Unicast, Address = inbound.Packet.Giaddr, Port = _options.ServerPort };
        }

        if (!inbound.Packet.Ciaddr.IsAny)
        {
            return reply with { Route = ReplyRoute.Unicast, Address = inbound.Packet.Ciaddr };
        }

        // Firmware says flags 0 but takes broadcasts, and some of it is deaf until one comes.
        return inbound.Packet.WantsBroadcast || inbound.Boots || yiaddr.IsAny
            ? reply
            : reply with { Route = ReplyRoute.LinkLayer };
    }

    private void Finish(ref DhcpWriter writer, in Inbound inbound, ReplyBatch replies, in Reply reply)
    {
        if (inbound.Packet.TryGetOption(DhcpOption.ClientIdentifier, _scratch, out ReadOnlySpan<byte> identifier))
        {
            // RFC 6842: a server returns it.
            writer.Add(DhcpOption.ClientIdentifier, identifier);
        }

        if (inbound.IsRelayed && inbound.Packet.TryGetOption(DhcpOption.RelayAgentInformation, _scratch, out ReadOnlySpan<byte> relayAgent))
        {
            // RFC 3046 section 2.2: unchanged, and last.
            writer.Add(DhcpOption.RelayAgentInformation, relayAgent);
        }

        replies.Commit(writer.Finish(pad: !inbound.Board.IsPi), reply);
    }
}
