using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>
/// The DHCP and ProxyDHCP protocol without sockets: a packet, how and when it came, in; replies and events out (RFC 2131,
/// RFC 2132, PXE 2.1; the Raspberry Pi's ways from docs/reference/pi-network-boot.md). One thread; allocates only when a client
/// is seen for the first time.
/// </summary>
public sealed partial class DhcpResponder
{
    private readonly DhcpOptions _options;
    private readonly LeaseBook _book;
    private readonly IBootPolicy _policy;
    private readonly IDhcpEvents _events;
    private readonly DhcpCounters _counters;
    private readonly BoardMemory _boards;
    private readonly ServedSubnet[] _subnets;
    private readonly SubnetOptions[] _subnetOptions;
    private readonly Pi3Pacer _pacer = new();
    private readonly byte[] _key = new byte[ClientKey.Maximum];
    private readonly byte[] _scratch = new byte[512];
    private bool _again;
    private bool _waits;

    /// <summary>Makes a responder.</summary>
    /// <exception cref="ArgumentException">A pool does not lie in its subnet.</exception>
    public DhcpResponder(DhcpOptions options, LeaseBook book, IBootPolicy policy, IDhcpEvents events, DhcpCounters counters)
        : this(options, book, policy, events, counters, new BoardMemory())
    {
    }

    internal DhcpResponder(DhcpOptions options, LeaseBook book, IBootPolicy policy, IDhcpEvents events, DhcpCounters counters, BoardMemory boards)
    {
        _options = options;
        _book = book;
        _policy = policy;
        _events = events;
        _counters = counters;
        _boards = boards;
        _subnets = [.. options.Interfaces.Concat(options.RelayedSubnets).Select(
            i => new ServedSubnet(i.Subnet, i.Address, i.PoolFirst, i.PoolLast, i.Gateway, i.DnsServers))];
        _book.Expect(_subnets.Sum(s => (long)s.PoolSize));
        _subnetOptions = [.. _subnets.Select(s => new SubnetOptions(s, options))];
        IsProxy = options.Mode == DhcpMode.Proxy;
    }

    /// <summary>True to give boot information only.</summary>
    public bool IsProxy { get; set; }

    /// <summary>Probes addresses before they are offered for the first time; null to offer them unseen.</summary>
    internal AddressProbes? Probes { get; init; }

    /// <summary>Told when another Bramble, of that address, looks for servers.</summary>
    internal Action<PacketArrival, Ipv4Address>? PeerLooks { get; init; }

    /// <summary>Answers one datagram that came to the server port.</summary>
    /// <param name="datagram">UDP payload, any octets.</param>
    /// <param name="arrival">How it came.</param>
    /// <param name="replies">Takes the replies.</param>
    /// <param name="again">True for a datagram that had to wait: it is no news.</param>
    /// <returns>True for a DISCOVER that waits for the files of its board or the probe of its address: handle it again soon.</returns>
    public bool Handle(ReadOnlySpan<byte> datagram, in PacketArrival arrival, ReplyBatch replies, bool again = false)
    {
        _again = again;
        _waits = false;
        Answer(datagram, arrival, replies);
        return _waits;
    }

    private void Answer(ReadOnlySpan<byte> datagram, in PacketArrival arrival, ReplyBatch replies)
    {
        if (!DhcpPacket.TryParse(datagram, out DhcpPacket packet, out DhcpDropReason reason))
        {
            Drop(reason);
            return;
        }

        if (packet.Op != DhcpHeader.BootRequest)
        {
            Drop(DhcpDropReason.WrongOp);
            return;
        }

        if (packet.Hops > DhcpHeader.MaximumHops)
        {
            Drop(DhcpDropReason.TooManyHops);
            return;
        }

        int index = FindSubnet(packet, arrival);
        if (index < 0)
        {
            Drop(DhcpDropReason.UnknownRelay);
            return;
        }

        if (replies.IsFull)
        {
            Drop(DhcpDropReason.Overload);
            return;
        }

        ServedSubnet subnet = _subnets[index];
        bool isDiscover = packet.MessageType == DhcpMessageType.Discover;
        BoardIdentity board = BoardRecogniser.Recognise(packet);
        ClientStage stage = BoardRecogniser.StageOf(packet, board);
        (board, stage) = _boards.Complete(board, stage, packet.Xid, isDiscover);
        BootDecision decision = _policy.Decide(board, stage, subnet.Server);
        var inbound = new Inbound(packet, arrival, subnet, _subnetOptions[index], board, stage, decision, KeyOf(packet, subnet, board))
        {
            UefiBootFile = UefiBootFileFor(packet, board, stage, decision),
        };
        if (arrival.BootClientPort != 0)
        {
            OnBootServer(inbound, replies);
            return;
        }

        switch (packet.MessageType)
        {
            case DhcpMessageType.Discover:
                OnDiscover(inbound, replies);
                break;
            case DhcpMessageType.Request:
                OnRequest(inbound, replies);
                break;
            case DhcpMessageType.Decline:
                OnDecline(inbound);
                break;
            case DhcpMessageType.Release:
                OnRelease(inbound);
                break;
            case DhcpMessageType.Inform:
                OnInform(inbound, replies);
                break;
            default:
                Drop(DhcpDropReason.WrongMessageType);
                break;
        }
    }

    private void OnDiscover(in Inbound inbound, ReplyBatch replies)
    {
        if (BrambleProbe.TryRead(inbound.Packet, out Ipv4Address peer))
        {
            OnProbe(inbound, peer, replies);
            return;
        }

        if (!_again)
        {
            Emit(DhcpEventKind.Discover, inbound, default, inbound.Subnet.Server);
        }

        if (inbound.Stage == ClientStage.Firmware)
        {
            switch (inbound.Decision.Disposition)
            {
                case BootDisposition.Ignore:
                    // An address alone makes firmware ask again and again; silence lets it go on to its next boot device.
                    Drop(DhcpDropReason.NotServed);
                    return;
                case BootDisposition.Wait:
                    _waits = true;
                    return;
            }
        }

        if (IsProxy)
        {
            if (inbound.Boots)
            {
                SendProxyOffer(inbound, replies);
            }
            else
            {
                Drop(DhcpDropReason.NotForProxy);
            }

            return;
        }

        if (!GetsAddress(inbound))
        {
            Drop(DhcpDropReason.NotServed);
            return;
        }

        if (Choose(inbound) is not { } lease)
        {
            return;
        }

        bool pi3 = inbound.BootsFirmware && inbound.Board.Family == PiFamily.Pi3;
        if (pi3)
        {
            _book.BindShortly(lease, inbound.Now);
        }

        SendOffer(inbound, lease, pi3, replies);
    }

    // Another Bramble in mode auto wants to know whether it is alone.
    private void OnProbe(in Inbound inbound, Ipv4Address peer, ReplyBatch replies)
    {
        if (IsProxy || inbound.IsRelayed)
        {
            Drop(DhcpDropReason.NotForProxy);
            return;
        }

        PeerLooks?.Invoke(inbound.Arrival, peer);
        SendProbeOffer(inbound, replies);
    }

    private void OnDecline(in Inbound inbound)
    {
        inbound.Packet.TryGetAddress(DhcpOption.RequestedAddress, out Ipv4Address address);
        if (!IsBelieved(inbound))
        {
            // If another machine has the address, it answers before the address is offered again.
            _book.Doubt(inbound.Key, address);
            Drop(DhcpDropReason.ForgedSender);
            return;
        }

        Emit(DhcpEventKind.Decline, inbound, address, inbound.Subnet.Server);
        if (!NamesUs(inbound.Packet))
        {
            Drop(DhcpDropReason.OtherServer);
        }
        else if (!_book.Decline(inbound.Key, address, inbound.Now))
        {
            Drop(DhcpDropReason.UnknownLease);
        }
    }

    private void OnRelease(in Inbound inbound)
    {
        if (!IsBelieved(inbound))
        {
            // If the client has gone, its lease runs out by itself.
            Drop(DhcpDropReason.ForgedSender);
            return;
        }

        Emit(DhcpEventKind.Release, inbound, inbound.Packet.Ciaddr, inbound.Subnet.Server);
        if (!NamesUs(inbound.Packet))
        {
            Drop(DhcpDropReason.OtherServer);
        }
        else if (!_book.Release(inbound.Key, inbound.Packet.Ciaddr, inbound.Now))
        {
            Drop(DhcpDropReason.UnknownLease);
        }
    }

    private void OnInform(in Inbound inbound, ReplyBatch replies)
    {
        Emit(DhcpEventKind.Inform, inbound, inbound.Packet.Ciaddr, inbound.Subnet.Server);
        if (IsProxy)
        {
            Drop(DhcpDropReason.NotForProxy);
        }
        else if (!GetsAddress(inbound))
        {
            Drop(DhcpDropReason.NotServed);
        }
        else if (!inbound.Subnet.Subnet.Contains(inbound.Packet.Ciaddr))
        {
            Drop(DhcpDropReason.WrongClientAddress);
        }
        else
        {
            SendInformAck(inbound, replies);
        }
    }

    // Behind a relay agent, or another router, every frame has the router's Ethernet address. A network of an own interface has neither.
    private bool IsBelieved(in Inbound inbound) =>
        inbound.Arrival.Sender is SenderVerdict.Unchecked or SenderVerdict.Genuine
        || Array.IndexOf(_subnets, inbound.Subnet) >= _options.Interfaces.Count;

    private bool GetsAddress(in Inbound inbound) =>
        _options.OthersGetAddresses || MayBoot(inbound);

    private static bool MayBoot(in Inbound inbound) => inbound.Board.IsPi && inbound.Decision.Disposition != BootDisposition.Ignore;

    // The relay's subnet if there is one. A client of a relayed subnet renews and releases by unicast, without its relay: then the
    // subnet of its own address. Else the interface's.
    private int FindSubnet(DhcpPacket packet, in PacketArrival arrival)
    {
        Ipv4Address relay = packet.Giaddr;
        if (!relay.IsAny)
        {
            int relayed = IndexOf(relay);
            return relayed >= 0 && _subnets[relayed].IsHost(relay) && !IsOurs(relay) ? relayed : -1;
        }

        bool direct = arrival.Destination != Ipv4Address.Broadcast && !packet.Ciaddr.IsAny;
        return direct && IndexOf(packet.Ciaddr) is >= 0 and int own ? own : arrival.Interface;
    }

    private int IndexOf(Ipv4Address address)
    {
        for (int i = 0; i < _subnets.Length; i++)
        {
            if (_subnets[i].Subnet.Contains(address))
            {
                return i;
            }
        }

        return -1;
    }

    // All programs of a Raspberry Pi are one client by its Ethernet address, whatever identifier its system sends: the
    // address that the root was mounted from must not change under it.
    private ReadOnlySpan<byte> KeyOf(DhcpPacket packet, ServedSubnet subnet, in BoardIdentity board)
    {
        ReadOnlySpan<byte> byMac = ClientKey.WriteMac(_key, subnet.Subnet, board.Mac);
        if (board.IsPi || !packet.TryGetOption(DhcpOption.ClientIdentifier, _scratch, out ReadOnlySpan<byte> identifier))
        {
            return byMac;
        }

        // Type 1 and the Ethernet address says no more than chaddr: the same client as without it (udhcpc and dhclient differ here).
        if (identifier.Length == 1 + MacAddress.Length && identifier[0] == DhcpHeader.Ethernet && MacAddress.FromOctets(identifier[1..]) == board.Mac)
        {
            return byMac;
        }

        ReadOnlySpan<byte> byIdentifier = ClientKey.WriteIdentifier(_key, subnet.Subnet, identifier);
        return byIdentifier.IsEmpty ? ClientKey.WriteMac(_key, subnet.Subnet, board.Mac) : byIdentifier;
    }

    private bool IsOurs(Ipv4Address address)
    {
        foreach (ServedSubnet subnet in _subnets)
        {
            if (subnet.Server == address)
            {
                return true;
            }
        }

        return false;
    }

    // A missing option 54 counts as ours: RELEASE and DECLINE must have it, some clients leave it out.
    private bool NamesUs(DhcpPacket packet) =>
        !packet.TryGetAddress(DhcpOption.ServerIdentifier, out Ipv4Address server) || IsOurs(server);

    private void Drop(DhcpDropReason reason) => _counters.CountDrop(reason);

    private void Emit(DhcpEventKind kind, in Inbound inbound, Ipv4Address address, Ipv4Address server)
    {
        _counters.Count(kind);
        _events.OnDhcp(new DhcpEvent(inbound.Now, kind, inbound.Board, inbound.Stage, address, server, inbound.Packet.Xid)
        {
            Relay = inbound.Packet.Giaddr,
            Identity = inbound.Stage == ClientStage.OperatingSystem ? ClientIdentity.Of(inbound.Packet, inbound.Mac) : 0,
        });
    }
}
