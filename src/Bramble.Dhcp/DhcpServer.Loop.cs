using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Transport;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp;

/// <content>The loop.</content>
public sealed partial class DhcpServer
{
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_housekeeping = TimeSpan.FromSeconds(5);

    // One socket must not keep the others and the timers waiting for ever.
    private const int BatchesPerTurn = 8;

    // Descriptors of each port in the poll set, in this order.
    private const int DescriptorsPerPort = 4;

    private DateTimeOffset _nextHousekeeping;

    private void Run()
    {
        Heartbeat.NameThread();
        try
        {
            while (!_stopping)
            {
                Turn();
            }

            _ = _journal!.TryFlush();
            SendDurable(_time.GetUtcNow());
            _completion.TrySetResult();
        }
        catch (Exception e)
        {
            // The heartbeat stops with the loop, so the watchdog restarts the process.
            _logger.LoopDied(e);
            _completion.TrySetException(e);
        }
    }

    /// <summary>Waits for something to do, a second at most, and does it.</summary>
    internal void Turn()
    {
        Heartbeat.Beat();
        if (Interlocked.Exchange(ref _next, null) is { } next)
        {
            TakeOver(next);
        }

        Wait();
        DateTimeOffset now = _time.GetUtcNow();
        SendDurable(now);
        for (int i = 0; i < _ports.Count; i++)
        {
            if (_poll!.IsReady(DescriptorsPerPort * i))
            {
                Serve(i, now);
            }

            if (_poll.IsReady((DescriptorsPerPort * i) + 1))
            {
                ObserveOthers(i, now);
            }

            if (_poll.IsReady((DescriptorsPerPort * i) + 2))
            {
                ObserveArp(i, now);
            }

            if (_poll.IsReady((DescriptorsPerPort * i) + 3))
            {
                Serve(i, now, bootServer: true);
            }
        }

        StepMode(now);
        SendDelayed(now);
        AskAgain(now);
        ProbeAddresses(now);
        if (now >= _nextHousekeeping)
        {
            _nextHousekeeping = now + s_housekeeping;
            KeepHouse(now);
        }

        AnswerLeasesQuestion(now);
    }

    private void Wait()
    {
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset due = _delayed.Next < _selector!.NextStep ? _delayed.Next : _selector.NextStep;
        due = _waiting.Next < due ? _waiting.Next : due;
        due = _probes!.Next < due ? _probes.Next : due;
        TimeSpan wait = due - now;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestTurn ? s_longestTurn : wait;
        _poll!.Wait((int)Math.Ceiling(wait.TotalMilliseconds));
    }

    private void Serve(int index, DateTimeOffset now, bool bootServer = false)
    {
        UdpSocket socket = bootServer ? _ports[index].BootServer! : _ports[index].Socket;
        for (int batch = 0; batch < BatchesPerTurn; batch++)
        {
            int count = _received.Receive(socket);
            if (count == 0)
            {
                return;
            }

            _counters.CountReceived(count);
            for (int i = 0; i < count; i++)
            {
                UdpPacket received = _received[i];

                // One that is larger than an Ethernet frame is no DHCP message: too short, by its empty rest.
                ReadOnlySpan<byte> message = received.IsTruncated ? default : received.Data;
                var arrival = new PacketArrival(index, received.Source.Address, received.Destination, now)
                {
                    BootClientPort = bootServer ? received.Source.Port : 0,
                    Sender = SenderOf(index, message, now),
                };
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
            if (count < _received.Capacity)
            {
                return;
            }
        }
    }

    // The kernel hands a frame to packet sockets before it hands the datagram in it to the UDP socket.
    private SenderVerdict SenderOf(int index, ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        if (_ports[index].Witness is not { } frames)
        {
            return SenderVerdict.Unchecked;
        }

        if (!SenderWitness.Concerns(message))
        {
            return SenderVerdict.Unseen;
        }

        for (int i = 0; i < SenderWitness.Capacity; i++)
        {
            int length = frames.Receive(_frame);
            if (length == 0)
            {
                break;
            }

            if (PacketFrame.TryReadUdp(_frame.AsSpan(0, length), out MacAddress from, out _, out _, out ReadOnlySpan<byte> payload))
            {
                _witness.Note(from, payload, now);
            }
        }

        return _witness.Judge(message, now);
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

    private void KeepHouse(DateTimeOffset now)
    {
        if (_ports.Exists(p => UdpInterface.GetIndex(p.Options.Name) is var current && current != 0 && current != p.InterfaceIndex))
        {
            _logger.InterfaceReturned(string.Join(", ", _ports.Select(p => p.Options.Name)));
            Interlocked.CompareExchange(ref _next, _options, null);
        }

        _book!.Trim(now);
        _journal!.CompactIfWorthwhile(_book);
    }

    private void AnswerLeasesQuestion(DateTimeOffset now)
    {
        if (Interlocked.Exchange(ref _leasesQuestion, null) is { } question)
        {
            question.TrySetResult(HeldLeases(now));
        }
    }

    private LeaseInfo[] HeldLeases(DateTimeOffset now) =>
        [.. _book!.Leases.Where(l => l.IsHeld(now)).Select(l => new LeaseInfo(l.Address, l.Mac, l.State, l.Expires))];

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

        SetDescriptors();
        Apply(next);
    }

    private void SetDescriptors()
    {
        int[] descriptors = new int[DescriptorsPerPort * _ports.Count];
        for (int i = 0; i < _ports.Count; i++)
        {
            descriptors[DescriptorsPerPort * i] = _ports[i].Socket.Descriptor;
            descriptors[(DescriptorsPerPort * i) + 1] = _ports[i].Packets?.Descriptor ?? -1;
            descriptors[(DescriptorsPerPort * i) + 2] = _ports[i].Arp?.Descriptor ?? -1;
            descriptors[(DescriptorsPerPort * i) + 3] = _ports[i].BootServer?.Descriptor ?? -1;
        }

        _poll!.SetDescriptors(descriptors);
    }
}
