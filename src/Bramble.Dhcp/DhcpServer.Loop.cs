using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Transport;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp;

/// <content>The loop.</content>
public sealed partial class DhcpServer
{
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_housekeeping = TimeSpan.FromSeconds(5);

    // One socket must not keep the others and the timers waiting for ever.
    private const int BatchesPerTurn = 8;

    private void Run()
    {
        Heartbeat.NameThread();
        try
        {
            DateTimeOffset nextHousekeeping = default;
            var descriptors = new Libc.PollFd[1 + (2 * _ports.Count)];
            while (!_stopping)
            {
                Heartbeat.Beat();
                if (Interlocked.Exchange(ref _next, null) is { } next)
                {
                    TakeOver(next);
                    descriptors = new Libc.PollFd[1 + (2 * _ports.Count)];
                }

                Wait(descriptors);
                DateTimeOffset now = _time.GetUtcNow();
                for (int i = 0; i < _ports.Count; i++)
                {
                    if (descriptors[1 + (2 * i)].Returned != 0)
                    {
                        Serve(i, now);
                    }

                    if (descriptors[2 + (2 * i)].Returned != 0)
                    {
                        ObserveOthers(i, now);
                    }
                }

                StepMode(now);
                SendDelayed(now);
                AskAgain(now);
                if (now >= nextHousekeeping)
                {
                    nextHousekeeping = now + s_housekeeping;
                    KeepHouse(now);
                }
            }

            _completion.TrySetResult();
        }
        catch (Exception e)
        {
            // The heartbeat stops with the loop, so the watchdog restarts the process.
            _logger.LoopDied(e);
            _completion.TrySetException(e);
        }
    }

    private unsafe void Wait(Libc.PollFd[] descriptors)
    {
        descriptors[0] = new Libc.PollFd { Descriptor = _wake!.Descriptor, Events = Libc.PollIn };
        for (int i = 0; i < _ports.Count; i++)
        {
            descriptors[1 + (2 * i)] = new Libc.PollFd { Descriptor = _ports[i].Socket.Descriptor, Events = Libc.PollIn };
            descriptors[2 + (2 * i)] = new Libc.PollFd { Descriptor = _ports[i].Packets?.Descriptor ?? -1, Events = Libc.PollIn };
        }

        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset due = _delayed.Next < _selector!.NextStep ? _delayed.Next : _selector.NextStep;
        due = _waiting.Next < due ? _waiting.Next : due;
        TimeSpan wait = due - now;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestTurn ? s_longestTurn : wait;
        fixed (Libc.PollFd* first = descriptors)
        {
            _ = Libc.Poll(first, (nuint)descriptors.Length, (int)Math.Ceiling(wait.TotalMilliseconds));
        }

        if (descriptors[0].Returned != 0)
        {
            _wake.Reset();
        }
    }

    private void Serve(int index, DateTimeOffset now)
    {
        DhcpSocket socket = _ports[index].Socket;
        for (int batch = 0; batch < BatchesPerTurn; batch++)
        {
            int count = socket.Receive();
            if (count == 0)
            {
                return;
            }

            _counters.CountReceived(count);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> message = socket.Message(i);
                var arrival = new PacketArrival(index, socket.Source(i), socket.Destination(i), now);
                if (IsOwnProbe(message))
                {
                    continue;
                }

                if (_mode == DhcpMode.Auto)
                {
                    Keep(message, arrival);
                }
                else if (_responder!.Handle(message, arrival, _replies) && !_waiting.TryAdd(ChaddrOf(message), message, arrival))
                {
                    _counters.CountDrop(DhcpDropReason.Waiting);
                }
            }

            Dispatch(now);
            if (count < DhcpSocket.BatchSize)
            {
                return;
            }
        }
    }

    // What comes before the mode is known is answered as soon as it is: firmware asks again only after seconds.
    private void Keep(ReadOnlySpan<byte> message, in PacketArrival arrival)
    {
        if (_held.Count < MaximumHeld)
        {
            _held.Add((message.ToArray(), arrival));
        }
        else
        {
            _counters.CountDrop(DhcpDropReason.Probing);
        }
    }

    private void AskAgain(DateTimeOffset now)
    {
        if (_waiting.Next > now)
        {
            return;
        }

        foreach ((MacAddress board, byte[] packet, PacketArrival arrival) in _waiting.TakeAll(now))
        {
            if (_replies.IsFull)
            {
                Dispatch(now);
            }

            if (arrival.Interface < _ports.Count && _responder!.Handle(packet, arrival with { Time = now }, _replies, again: true))
            {
                _waiting.PutBack(board, packet, arrival, now);
            }
        }

        Dispatch(now);
    }

    // A packet that the responder wants again was long enough to be read.
    private static MacAddress ChaddrOf(ReadOnlySpan<byte> message) => MacAddress.FromOctets(message[DhcpHeader.Chaddr..]);

    private void AnswerHeld(DateTimeOffset now)
    {
        foreach ((byte[] packet, PacketArrival arrival) in _held)
        {
            if (_replies.IsFull)
            {
                Dispatch(now);
            }

            if (arrival.Interface < _ports.Count)
            {
                PacketArrival again = arrival with { Time = now };
                if (_responder!.Handle(packet, again, _replies))
                {
                    _waiting.TryAdd(ChaddrOf(packet), packet, again);
                }
            }
        }

        _held.Clear();
        Dispatch(now);
    }

    // First the disk, then the wire: no ACK leaves before its lease is durable. One fsync for the whole batch.
    private void Dispatch(DateTimeOffset now)
    {
        bool durable = _journal!.TryFlush();
        for (int i = 0; i < _replies.Count; i++)
        {
            ref readonly Reply reply = ref _replies[i];
            if (reply.NeedsDurability && !durable)
            {
                _counters.CountDrop(DhcpDropReason.NotDurable);
            }
            else if (reply.Delay > TimeSpan.Zero)
            {
                if (!_delayed.TryAdd(_replies.Message(i), reply, now))
                {
                    _counters.CountDrop(DhcpDropReason.Overload);
                }
            }
            else
            {
                Send(reply, _replies.Message(i), now);
            }
        }

        FlushSockets();
        _replies.Clear();
    }

    private void SendDelayed(DateTimeOffset now)
    {
        while (_delayed.Next <= now)
        {
            _delayed.TakeDue(now, _replies);
            Dispatch(now);
        }
    }

    private void Send(in Reply reply, ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        if (reply.Interface >= _ports.Count)
        {
            // Delayed, and its interface is gone since.
            _counters.CountDrop(DhcpDropReason.SendFailed);
            return;
        }

        DhcpPort port = _ports[reply.Interface];
        bool linkLayer = reply.Route == ReplyRoute.LinkLayer
            || (reply.Route == ReplyRoute.BroadcastUnlessContended && _responder!.IsPi3Contended(now));
        if (linkLayer && port.Packets is { } packets)
        {
            bool sent = packets.TrySendUdp(reply.Mac, port.Options.Address, _options.ServerPort, reply.Address, reply.Port, message);
            Count(sent);
        }
        else
        {
            if (port.Socket.IsFull)
            {
                FlushSockets();
            }

            port.Socket.Queue(message, port.Options.Address, reply.Route == ReplyRoute.Unicast ? reply.Address : Ipv4Address.Broadcast, reply.Port);
            _counters.CountSent(1);
        }

        if (reply.Nudge)
        {
            FlushSockets();
            port.Packets?.TrySendArpAnnouncement(port.Options.Address);
        }
    }

    private void Count(bool sent)
    {
        if (sent)
        {
            _counters.CountSent(1);
        }
        else
        {
            _counters.CountDrop(DhcpDropReason.SendFailed);
        }
    }

    private void FlushSockets()
    {
        foreach (DhcpPort port in _ports)
        {
            for (int failed = port.Socket.Flush(); failed > 0; failed--)
            {
                _counters.CountSent(-1);
                _counters.CountDrop(DhcpDropReason.SendFailed);
            }
        }
    }

    private void KeepHouse(DateTimeOffset now)
    {
        if (_ports.Exists(p => Libc.IfNameToIndex(p.Options.Name) is var current && current != 0 && (int)current != p.Socket.InterfaceIndex))
        {
            _logger.InterfaceReturned(string.Join(", ", _ports.Select(p => p.Options.Name)));
            Interlocked.CompareExchange(ref _next, _options, null);
        }

        _journal!.CompactIfWorthwhile(_book!);
        PublishLeases(now);
    }

    private void PublishLeases(DateTimeOffset now)
    {
        _leases = [.. _book!.Leases.Where(l => l.IsHeld(now)).Select(l => new LeaseInfo(l.Address, l.Mac, l.State, l.Expires))];
    }

    private void TakeOver(DhcpOptions next)
    {
        List<DhcpPort> old = _ports;
        try
        {
            _ports = OpenPorts(next, old);
        }
        catch (Exception e) when (e is DhcpServerException or IOException)
        {
            _logger.ReconfigureFailed(e.Message);
            return;
        }

        foreach (DhcpPort port in old.Where(o => !_ports.Exists(p => p.Socket == o.Socket)))
        {
            port.Dispose();
        }

        Apply(next);
    }
}
