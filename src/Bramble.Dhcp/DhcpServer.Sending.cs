using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Transport;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp;

/// <content>What becomes of replies: parked until their lease is on disk, held back for their time, or sent at once.</content>
public sealed partial class DhcpServer
{
    // Clients ask again after 4 s, so more than this is asked twice anyway.
    private const int MaximumParked = 4096;

    private readonly ParkedReplies _parked = new(MaximumParked);
    private readonly UdpSendBatch _sending = new(PacketSocket.BatchSize, UdpSendBatch.MaxMessageBytes);

    // Whose datagrams are gathered in _sending.
    private UdpSocket? _sendingFor;

    // First the disk, then the wire: what needs no lease on disk leaves while the disk works.
    private void Dispatch(DateTimeOffset now)
    {
        LeaseJournal journal = _journal!;
        journal.Submit();
        long needed = journal.Appended;
        for (int i = 0; i < _replies.Count; i++)
        {
            ref readonly Reply reply = ref _replies[i];
            if (!reply.NeedsDurability || journal.Durable >= needed)
            {
                SendOrDelay(reply, _replies.Message(i), now, now);
            }
            else if (!_parked.TryAdd(_replies.Message(i), reply, needed, now))
            {
                _counters.CountDrop(DhcpDropReason.Overload);
            }
        }

        FlushSockets();
        _replies.Clear();
    }

    private void SendDurable(DateTimeOffset now)
    {
        if (_journal!.CommitterFailure is { } failure)
        {
            throw new InvalidOperationException("The thread that writes leases has ended.", failure);
        }

        // In this order: what failed once may be durable by now.
        long failed = _journal.TakeFailure();
        if (_parked.Count == 0)
        {
            return;
        }

        long durable = _journal.Durable;
        while (_parked.TryTake(durable, out ReadOnlySpan<byte> message, out Reply reply, out DateTimeOffset parked))
        {
            SendOrDelay(reply, message, parked, now);
        }

        while (_parked.TryTake(failed, out _, out _, out _))
        {
            _counters.CountDrop(DhcpDropReason.NotDurable);
        }

        FlushSockets();
    }

    private void SendDelayed(DateTimeOffset now)
    {
        while (_delayed.Next <= now)
        {
            _delayed.TakeDue(now, _replies);
            for (int i = 0; i < _replies.Count; i++)
            {
                Send(_replies[i], _replies.Message(i));
            }

            FlushSockets();
            _replies.Clear();
        }
    }

    private void SendOrDelay(in Reply reply, ReadOnlySpan<byte> message, DateTimeOffset since, DateTimeOffset now)
    {
        if (since + reply.Delay <= now)
        {
            Send(reply, message);
        }
        else if (!_delayed.TryAdd(message, reply, since))
        {
            _counters.CountDrop(DhcpDropReason.Overload);
        }
    }

    private void Send(in Reply reply, ReadOnlySpan<byte> message)
    {
        if (reply.Interface >= _ports.Count)
        {
            // It waited, and its interface is gone since.
            _counters.CountDrop(DhcpDropReason.SendFailed);
            return;
        }

        DhcpPort port = _ports[reply.Interface];
        UdpSocket? socket = reply.FromBootServerPort ? port.BootServer : port.Socket;
        if (socket is null)
        {
            _counters.CountDrop(DhcpDropReason.SendFailed);
            return;
        }

        if (reply.Route == ReplyRoute.LinkLayer && port.Packets is { } packets)
        {
            if (packets.IsFull)
            {
                CountRefused(packets.Flush());
            }

            packets.QueueUdp(reply.Mac, port.Options.Address, _options.ServerPort, reply.Address, reply.Port, message);
        }
        else
        {
            if (_sendingFor != socket || !_sending.HasRoom(message.Length))
            {
                FlushUdp();
                _sendingFor = socket;
            }

            Ipv4Address destination = reply.Route == ReplyRoute.Unicast ? reply.Address : Ipv4Address.Broadcast;
            message.CopyTo(_sending.Reserve(message.Length));
            _sending.Commit(message.Length, new UdpEndpoint(destination, (ushort)reply.Port), port.Options.Address);
        }

        _counters.CountSent(1);
        if (reply.Nudge)
        {
            FlushSockets();
            port.Packets?.TrySendArpAnnouncement(port.Options.Address);
        }
    }

    private void FlushSockets()
    {
        FlushUdp();
        foreach (DhcpPort port in _ports)
        {
            if (port.Packets is { } packets)
            {
                CountRefused(packets.Flush());
            }
        }
    }

    private void FlushUdp()
    {
        if (_sendingFor is { } socket)
        {
            long failures = _sending.Failures;
            _sending.Flush(socket);
            CountRefused((int)(_sending.Failures - failures));
            _sendingFor = null;
        }
    }

    private void CountRefused(int count)
    {
        _counters.CountSent(-count);
        for (; count > 0; count--)
        {
            _counters.CountDrop(DhcpDropReason.SendFailed);
        }
    }
}
