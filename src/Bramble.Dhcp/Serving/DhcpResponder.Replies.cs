using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <content>Writing replies (RFC 2131 table 3) and choosing where they go (section 4.1).</content>
public sealed partial class DhcpResponder
{
    // An identifier of several instances names nobody; it must not crowd out the lease.
    private const int LongestEcho = 255;

    private void SendOffer(in Inbound inbound, Lease lease, bool pi3, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Offer, replies);
        AddLease(ref writer, inbound, lease);
        Reply reply = Route(inbound, lease.Address) with { NeedsDurability = pi3 };
        if (pi3 && !inbound.IsRelayed)
        {
            reply = reply with { Route = ReplyRoute.LinkLayer, Delay = _pacer.NextDelay(inbound.Now), Nudge = true };
        }

        Finish(ref writer, inbound, replies, reply);
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

    // Section 4.3.5: to ciaddr, also where a relay agent passed the question on; no yiaddr, no times. It gives no address, so it
    // is counted but is no news of one.
    private void SendInformAck(in Inbound inbound, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Ack, replies);
        writer.Ciaddr = inbound.Packet.Ciaddr;
        AddParameters(ref writer, inbound);
        Finish(ref writer, inbound, replies, Route(inbound, default) with
        {
            Route = ReplyRoute.Unicast,
            Address = inbound.Packet.Ciaddr,
            Port = _options.ClientPort,
        });
        _counters.Count(DhcpEventKind.Ack);
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
            reply = reply with { Route = ReplyRoute.Broadcast };
        }

        Finish(ref writer, inbound, replies, reply);
        Emit(DhcpEventKind.Nak, inbound, address, inbound.Subnet.Server);
    }

    // Another Bramble looks for servers: it gets an address to see, and none is kept for it.
    private void SendProbeOffer(in Inbound inbound, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Offer, replies);
        writer.Yiaddr = inbound.Subnet.PoolFirst;
        if (_options.Mode == DhcpMode.Auto)
        {
            writer.Add(DhcpOption.VendorClass, BrambleProbe.VendorClass);
        }

        Finish(ref writer, inbound, replies, Route(inbound, default));
        _counters.Count(DhcpEventKind.Offer);
    }

    private static int LimitOf(DhcpPacket packet) =>
        packet.TryGetUInt16(DhcpOption.MaximumMessageSize, out ushort maximum)
            ? Math.Clamp(maximum - DhcpHeader.IpAndUdp, DhcpHeader.DefaultMaximum, DhcpHeader.EthernetMaximum)
            : DhcpHeader.DefaultMaximum;

    // What is echoed at the end has its room kept from the start. A relay agent takes option 82 out again, so it does not
    // count against what the client can take.
    private DhcpWriter Begin(in Inbound inbound, DhcpMessageType type, ReplyBatch replies)
    {
        int relayAgent = TryGetRelayAgent(inbound, out ReadOnlySpan<byte> value) ? DhcpWriter.WireLength(value.Length) : 0;
        int identifier = TryGetIdentifier(inbound, out value) ? DhcpWriter.WireLength(value.Length) : 0;
        int limit = Math.Min(LimitOf(inbound.Packet) + relayAgent, DhcpHeader.EthernetMaximum);
        var writer = new DhcpWriter(replies.NextBuffer, limit, inbound.Packet, type);
        writer.KeepForTail(relayAgent + identifier);
        writer.AddAddress(DhcpOption.ServerIdentifier, inbound.Subnet.Server);
        if (!inbound.Boots)
        {
            writer.AllowOverload();
        }

        return writer;
    }

    private void AddLease(ref DhcpWriter writer, in Inbound inbound, Lease lease)
    {
        uint seconds = (uint)_options.LeaseTime.TotalSeconds;
        writer.Yiaddr = lease.Address;
        writer.AddUInt32(DhcpOption.LeaseTime, seconds);
        writer.AddUInt32(DhcpOption.RenewalTime, seconds / 2);
        writer.AddUInt32(DhcpOption.RebindingTime, seconds / 8 * 7);
        AddParameters(ref writer, inbound);
    }

    // The subnet mask first (RFC 2132 section 3.3), what a boot needs, then what option 55 asks for in its order. Clients without
    // option 55 get the usual ones; the REQUEST of the EEPROM is such a one.
    private void AddParameters(ref DhcpWriter writer, in Inbound inbound)
    {
        var done = default(OptionCodes);
        Add(ref writer, ref done, inbound, DhcpOption.SubnetMask);
        if (inbound.Boots)
        {
            // A Pi 3 boot ROM asks for no router, and every later stage of the boot uses it.
            Add(ref writer, ref done, inbound, DhcpOption.Router);
            Add(ref writer, ref done, inbound, DhcpOption.DomainNameServer);
            Add(ref writer, ref done, inbound, DhcpOption.BroadcastAddress);
            AddBoot(ref writer, inbound);
        }

        if (inbound.Packet.TryGetOption(DhcpOption.ParameterRequestList, _scratch, out ReadOnlySpan<byte> asked))
        {
            if (asked.Contains(DhcpOption.ClasslessStaticRoute) && inbound.Options[DhcpOption.ClasslessStaticRoute] is not null)
            {
                // RFC 3442: the default route is in option 121, and option 3 is left out.
                done.Add(DhcpOption.Router);
            }

            AddAll(ref writer, ref done, inbound, asked);
        }
        else if (!inbound.Boots)
        {
            AddAll(ref writer, ref done, inbound, SubnetOptions.Usual);
        }

        AddAll(ref writer, ref done, inbound, inbound.Options.Always);
    }

    private static void AddAll(ref DhcpWriter writer, ref OptionCodes done, in Inbound inbound, ReadOnlySpan<byte> codes)
    {
        foreach (byte code in codes)
        {
            Add(ref writer, ref done, inbound, code);
        }
    }

    private static void Add(ref DhcpWriter writer, ref OptionCodes done, in Inbound inbound, byte code)
    {
        if (!done.Add(code))
        {
            return;
        }

        if (code == DhcpOption.HostName)
        {
            writer.AddText(code, inbound.Decision.HostName);
        }
        else if (inbound.Options[code] is { } value)
        {
            writer.Add(code, value);
        }
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
        return inbound.Packet.WantsBroadcast || inbound.BootsFirmware || yiaddr.IsAny
            ? reply
            : reply with { Route = ReplyRoute.LinkLayer };
    }

    private void Finish(ref DhcpWriter writer, in Inbound inbound, ReplyBatch replies, in Reply reply)
    {
        writer.BeginTail();
        if (TryGetIdentifier(inbound, out ReadOnlySpan<byte> identifier))
        {
            // RFC 6842: a server returns it.
            writer.Add(DhcpOption.ClientIdentifier, identifier);
        }

        if (TryGetRelayAgent(inbound, out ReadOnlySpan<byte> relayAgent))
        {
            // RFC 3046 section 2.2: unchanged, and last.
            writer.Add(DhcpOption.RelayAgentInformation, relayAgent);
        }

        replies.Commit(writer.Finish(pad: !inbound.Board.IsPi), reply);
    }

    private bool TryGetIdentifier(in Inbound inbound, out ReadOnlySpan<byte> value) =>
        inbound.Packet.TryGetOption(DhcpOption.ClientIdentifier, _scratch, out value) && value.Length <= LongestEcho;

    private bool TryGetRelayAgent(in Inbound inbound, out ReadOnlySpan<byte> value)
    {
        value = default;
        return inbound.IsRelayed && inbound.Packet.TryGetOption(DhcpOption.RelayAgentInformation, _scratch, out value);
    }
}
