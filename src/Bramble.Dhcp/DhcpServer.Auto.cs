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
        var writer = new DhcpWriter(_probe, (uint)Random.Shared.NextInt64(uint.MaxValue), _probeMac, DhcpMessageType.Discover);
        writer.Add(DhcpOption.ParameterRequestList, [DhcpOption.SubnetMask, DhcpOption.Router]);
        int length = writer.Finish(pad: true);
        foreach (DhcpPort port in _ports)
        {
            port.Packets?.TrySendUdp(MacAddress.Broadcast, Ipv4Address.Any, _options.ClientPort, Ipv4Address.Broadcast, _options.ServerPort, _probe.AsSpan(0, length));
        }
    }

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
                && packet.MessageType is DhcpMessageType.Offer or DhcpMessageType.Ack
                && !packet.Yiaddr.IsAny)
            {
                Ipv4Address server = packet.TryGetAddress(DhcpOption.ServerIdentifier, out Ipv4Address identifier) ? identifier : source;
                NoteOther(index, server, from, packet.Xid, now);
            }
        }
    }

    private void NoteOther(int index, Ipv4Address server, MacAddress from, uint xid, DateTimeOffset now)
    {
        if (_ports.Exists(p => p.Options.Address == server || p.Packets?.Mac == from))
        {
            return;
        }

        _selector!.OtherServerSeen(now);
        if (_others.TryGetValue(server, out DateTimeOffset last) && now - last < s_reportOtherEvery)
        {
            return;
        }

        if (_others.Count >= 64)
        {
            _others.Clear();
        }

        _others[server] = now;
        _logger.OtherServer(_ports[index].Options.Name, server, from);
        _counters.Count(DhcpEventKind.OtherServer);
        var board = new BoardIdentity(from, PiFamily.None, null, null, PiModel.Unknown);
        _events.OnDhcp(new DhcpEvent(now, DhcpEventKind.OtherServer, board, ClientStage.OperatingSystem, default, server, xid));
    }
}
