using System.Buffers.Binary;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Stack;

/// <summary>
/// The Pi's own Ethernet, ARP, IPv4 and UDP, with its own MAC. One outstanding reader; no fragments, no routing but
/// one gateway, no ICMP: what boot firmware has.
/// </summary>
internal sealed class NetworkStack
{
    private static readonly MacAddress s_nowhere = new(0xaaaa_aaaa_aaaa);
    private static readonly TimeSpan s_arpRetry = TimeSpan.FromSeconds(1);

    private readonly Reactor _reactor;
    private readonly Action<byte[]> _send;
    private readonly Dictionary<int, Queue<Datagram>> _ports = [];
    private readonly Dictionary<Ipv4Address, MacAddress> _neighbours = [];
    private ushort _ipId;

    public NetworkStack(Reactor reactor, MacAddress mac, Action<byte[]> send)
    {
        _reactor = reactor;
        _send = send;
        Mac = mac;
    }

    public MacAddress Mac { get; }

    /// <summary>The bound address, 0.0.0.0 before.</summary>
    public Ipv4Address Address { get; set; }

    public Ipv4Subnet Subnet { get; set; }

    public Ipv4Address Gateway { get; set; }

    /// <summary>True for a Pi 3's: IP id 0 and no UDP checksum.</summary>
    public bool BareHeaders { get; set; }

    /// <summary>False while a Pi 3 loads files.</summary>
    public bool AnswersArp { get; set; } = true;

    /// <summary>Longest IP packet that gets through, to play a path with a smaller MTU; longer ones are lost.</summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>Count of broadcast frames seen.</summary>
    public long Broadcasts { get; private set; }

    /// <summary>Frames for this Pi that were dropped: malformed, fragmented, wrong checksum or too long.</summary>
    public long Dropped { get; private set; }

    /// <summary>ARP requests that were left unanswered.</summary>
    public long UnansweredArp { get; private set; }

    /// <summary>Forgets address, neighbours and ports: the next stage starts anew.</summary>
    public void Reset()
    {
        Address = default;
        Subnet = default;
        Gateway = default;
        AnswersArp = true;
        _neighbours.Clear();
        _ports.Clear();
    }

    /// <summary>Takes in one frame from the wire.</summary>
    /// <param name="frame">From the Ethernet header on.</param>
    /// <param name="checksumReady">False if the UDP checksum was left to hardware that is not there.</param>
    public void Accept(ReadOnlySpan<byte> frame, bool checksumReady)
    {
        if (frame.Length < Frames.EthernetHeader || MacAddress.FromOctets(frame[6..]) == Mac)
        {
            return;
        }

        MacAddress destination = MacAddress.FromOctets(frame);
        bool broadcast = destination == MacAddress.Broadcast;
        if (!broadcast && destination != Mac)
        {
            return;
        }

        if (broadcast)
        {
            Broadcasts++;
        }

        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case Frames.TypeArp:
                AcceptArp(frame[Frames.EthernetHeader..]);
                break;
            case Frames.TypeIpv4:
                AcceptUdp(frame, checksumReady, broadcast);
                break;
        }
    }

    /// <summary>Starts to listen on a port.</summary>
    public void Bind(int port) => _ports[port] = new Queue<Datagram>();

    /// <summary>Stops to listen on a port.</summary>
    public void Close(int port) => _ports.Remove(port);

    /// <summary>The next datagram for a port; null at the deadline.</summary>
    public async ValueTask<Datagram?> ReceiveAsync(int port, TimeSpan deadline)
    {
        while (true)
        {
            if (TryReceive(port) is { } datagram)
            {
                return datagram;
            }

            if (_reactor.Now >= deadline)
            {
                return null;
            }

            await _reactor.WaitAsync(deadline);
        }
    }

    /// <summary>The next datagram for a port if one is there.</summary>
    public Datagram? TryReceive(int port) =>
        _ports.TryGetValue(port, out Queue<Datagram>? queue) && queue.TryDequeue(out Datagram? datagram) ? datagram : null;

    /// <summary>Sends to 255.255.255.255.</summary>
    public void Broadcast(int sourcePort, int destinationPort, ReadOnlySpan<byte> payload) =>
        Send(MacAddress.Broadcast, sourcePort, Ipv4Address.Broadcast, destinationPort, payload, source: default(Ipv4Address));

    /// <summary>Sends to a resolved neighbour.</summary>
    public void Send(MacAddress mac, int sourcePort, Ipv4Address destination, int destinationPort, ReadOnlySpan<byte> payload, Ipv4Address? source = null)
    {
        ushort id = BareHeaders ? (ushort)0 : _ipId++;
        _send(Frames.Udp(Mac, mac, source ?? Address, sourcePort, destination, destinationPort, id, !BareHeaders, payload));
    }

    /// <summary>The MAC to reach an address by; null when nobody answered three requests.</summary>
    /// <param name="destination">The address to reach.</param>
    /// <param name="useGateway">False for stages that ask for every address on the link itself.</param>
    public async ValueTask<MacAddress?> ResolveAsync(Ipv4Address destination, bool useGateway)
    {
        Ipv4Address hop = useGateway && !Subnet.Contains(destination) && !Gateway.IsAny ? Gateway : destination;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            _send(Frames.Arp(1, Mac, Address, default, hop));
            TimeSpan deadline = _reactor.Now + s_arpRetry;
            while (_reactor.Now < deadline)
            {
                if (_neighbours.TryGetValue(hop, out MacAddress mac))
                {
                    return mac;
                }

                await _reactor.WaitAsync(deadline);
            }
        }

        return null;
    }

    /// <summary>Where a Pi 3 sends its requests when ARP failed.</summary>
    public static MacAddress Nowhere => s_nowhere;

    private void AcceptArp(ReadOnlySpan<byte> arp)
    {
        if (arp.Length < Frames.ArpLength || BinaryPrimitives.ReadUInt32BigEndian(arp) != 0x0001_0800
            || BinaryPrimitives.ReadUInt16BigEndian(arp[4..]) != 0x0604)
        {
            Dropped++;
            return;
        }

        MacAddress sender = MacAddress.FromOctets(arp[8..]);
        Ipv4Address senderIp = Ipv4Address.FromOctets(arp[14..]);
        Ipv4Address target = Ipv4Address.FromOctets(arp[24..]);
        if (Address.IsAny || target != Address)
        {
            return;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(arp[6..]) == 2)
        {
            _neighbours[senderIp] = sender;
        }
        else if (AnswersArp)
        {
            _send(Frames.Arp(2, Mac, Address, sender, senderIp));
        }
        else
        {
            UnansweredArp++;
        }
    }

    private void AcceptUdp(ReadOnlySpan<byte> frame, bool checksumReady, bool broadcast)
    {
        if (!UdpView.TryRead(frame, checksumReady, out UdpView view) || view.PacketLength > Mtu)
        {
            Dropped++;
            return;
        }

        // Before there is an address, a frame to this MAC is enough: servers offer to the address they give.
        bool ours = view.Destination == Ipv4Address.Broadcast
            || Address.IsAny
            || view.Destination == Address
            || (broadcast && view.Destination == Subnet.BroadcastAddress);
        if (ours && _ports.TryGetValue(view.DestinationPort, out Queue<Datagram>? queue) && queue.Count < 64)
        {
            queue.Enqueue(new Datagram(view.SourceMac, view.Source, view.SourcePort, view.Payload.ToArray(), !broadcast));
        }
    }
}
