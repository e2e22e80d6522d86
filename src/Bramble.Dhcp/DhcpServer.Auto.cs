using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Transport;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp;

/// <content>Looking for other DHCP servers.</content>
public sealed partial class DhcpServer
{
    private const int FramesPerTurn = 32;

    private static readonly TimeSpan s_reportOtherEvery = TimeSpan.FromMinutes(5);

    // A locally administered address, the same for the life of the process, so that probes take one address of the other
    // server's pool and not many.
    private readonly MacAddress _probeMac = new(0x02_00_00_00_00_00 | (ulong)Random.Shared.NextInt64(1L << 40));
    private readonly byte[] _frame = new byte[2048];
    private readonly byte[] _probe = new byte[DhcpHeader.DefaultMaximum];
    private readonly Dictionary<Ipv4Address, DateTimeOffset> _others = [];
    private readonly HashSet<Ipv4Address> _seconds = [];

    private void StepMode(DateTimeOffset now)
    {
        if (_selector!.Step(now))
        {
            SendProbes();
        }

        if (_selector.Current != _mode)
        {
            TakeMode();
        }

        if (_mode != DhcpMode.Auto && _held.Count > 0)
        {
            AnswerHeld(now);
        }
    }

    private void SendProbes()
    {
        uint xid = (uint)Random.Shared.NextInt64(uint.MaxValue);
        foreach (DhcpPort port in _ports)
        {
            int length = BrambleProbe.Write(_probe, xid, _probeMac, port.Options.Address);
            port.Packets?.TrySendUdp(MacAddress.Broadcast, Ipv4Address.Any, _options.ClientPort, Ipv4Address.Broadcast, _options.ServerPort, _probe.AsSpan(0, length));
        }
    }

    // Of two Brambles in mode auto the one with the lower address stays a server.
    private static bool IsLower(DhcpPort port, Ipv4Address address, MacAddress mac) =>
        (address.Value, mac.Value).CompareTo((port.Options.Address.Value, port.Packets?.Mac.Value ?? 0)) < 0;

    private void NotePeer(PacketArrival arrival, Ipv4Address peer) =>
        _selector!.PeerLooks(arrival.Time, IsLower(_ports[arrival.Interface], peer, default));

    private bool IsOwnProbe(ReadOnlySpan<byte> message) =>
        message.Length >= DhcpHeader.Options && MacAddress.FromOctets(message[DhcpHeader.Chaddr..]) == _probeMac;

    // The packet socket hears what goes to client ports: OFFERs and ACKs of others, broadcast or for our probe.
    private void ObserveOthers(int index, DateTimeOffset now)
    {
        PacketSocket packets = _ports[index].Packets!;
        for (int i = 0; i < FramesPerTurn; i++)
        {
            int length = packets.Receive(_frame);
            if (length == 0)
            {
                return;
            }

            if (PacketFrame.TryReadUdp(_frame.AsSpan(0, length), out MacAddress from, out Ipv4Address source, out _, out ReadOnlySpan<byte> payload)
                && DhcpPacket.TryParse(payload, out DhcpPacket packet, out _)
                && packet.Op == DhcpHeader.BootReply
                && packet.MessageType is DhcpMessageType.Offer or DhcpMessageType.Ack)
            {
                Ipv4Address server = packet.TryGetAddress(DhcpOption.ServerIdentifier, out Ipv4Address identifier) ? identifier : source;
                NoteOther(index, server, from, packet, now);
            }
        }
    }

    private void NoteOther(int index, Ipv4Address server, MacAddress from, DhcpPacket packet, DateTimeOffset now)
    {
        // Our own answers come back from relay agents on the same link.
        if (_ports.Exists(p => p.Options.Address == server || p.Packets?.Mac == from))
        {
            return;
        }

        bool givesWay = BrambleProbe.IsMarked(packet) && (_options.Mode != DhcpMode.Auto || !IsLower(_ports[index], server, from));
        bool second = _selector!.Current == DhcpMode.Server;
        _selector.OtherServerSeen(now, packet.Chaddr == _probeMac, givesWay);
        if (second && givesWay)
        {
            return;
        }

        TellBootOffer(server, from, packet, now);
        if (packet.Yiaddr.IsAny)
        {
            // A proxy gives no addresses.
            return;
        }

        // Told at once when it is news that there are two.
        if (_others.TryGetValue(server, out DateTimeOffset last) && now - last < s_reportOtherEvery && (!second || _seconds.Contains(server)))
        {
            return;
        }

        if (_others.Count >= 64)
        {
            _others.Clear();
            _seconds.Clear();
        }

        _others[server] = now;
        DhcpEventKind kind = DhcpEventKind.OtherServer;
        if (second)
        {
            _seconds.Add(server);
            kind = DhcpEventKind.SecondServer;
        }

        _logger.OtherServer(_ports[index].Options.Name, server, from);
        _counters.Count(kind);
        var board = new BoardIdentity(from, PiFamily.None, null, null, PiModel.Unknown);
        _events.OnDhcp(new DhcpEvent(now, kind, board, ClientStage.OperatingSystem, default, server, packet.Xid));
    }

    // Told each time: it is about one client. Not counted, for the same offer is below.
    private void TellBootOffer(Ipv4Address server, MacAddress from, DhcpPacket packet, DateTimeOffset now)
    {
        if (OfferedBoot.TryRead(packet, out Ipv4Address bootServer, out string? bootFile))
        {
            var board = new BoardIdentity(from, PiFamily.None, null, null, PiModel.Unknown);
            _events.OnDhcp(new DhcpEvent(now, DhcpEventKind.BootOffer, board, ClientStage.Firmware, packet.Yiaddr, server, packet.Xid)
            {
                Client = packet.Chaddr,
                BootServer = bootServer,
                BootFile = bootFile,
            });
        }
    }
}
