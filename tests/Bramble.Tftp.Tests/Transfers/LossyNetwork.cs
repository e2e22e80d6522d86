using Bramble.Tftp.Transfers;

namespace Bramble.Tftp.Tests.Transfers;

/// <summary>The transfer machine and a plain client on a simulated network that loses, doubles, delays and reorders packets.</summary>
internal sealed class LossyNetwork(int seed, TransferParameters parameters, double loss, double duplication, int jitterMilliseconds)
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const long ClientTimeout = 2 * TimeSpan.TicksPerSecond;
    private const int ClientRetries = 12;
    private const int Request = -1;
    private const int Options = -2;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(bool ToServer, long Packet), (long Time, int Order)> _wire = new();
    private readonly ReadTransfer _server = new(parameters);
    private int _order;
    private bool _serverStarted;
    private long _received;
    private long _inWindow;
    private bool _clientKnowsServer;
    private bool _gapReported;
    private long _clientDeadline;
    private int _clientRetries;

    public ReadTransfer Server => _server;

    /// <summary>A client with windows that passes over blocks it has, as opposed to one that answers each as if it were a gap.</summary>
    public bool ClientKnowsOldBlocks { get; init; }

    /// <summary>Share of the packets that the jitter holds back; the others keep their order.</summary>
    public double Reordering { get; init; } = 1;

    /// <summary>When the last packet of the client reached the server.</summary>
    public long LastHeard { get; private set; }

    /// <summary>True if the client has every block, in order.</summary>
    public bool ClientIsDone { get; private set; }

    /// <summary>True if the client gave up.</summary>
    public bool ClientGaveUp { get; private set; }

    public long DataPacketsSent { get; private set; }

    /// <summary>Runs until the server has ended or nothing can happen any more; returns the time.</summary>
    public long Run()
    {
        long now = 0;
        Send(now, toServer: true, Request);
        _clientDeadline = ClientTimeout;
        while (!_server.HasEnded)
        {
            long packetTime = _wire.TryPeek(out _, out (long Time, int Order) first) ? first.Time : long.MaxValue;
            long serverTime = _serverStarted ? _server.Deadline : long.MaxValue;
            long clientTime = ClientIsDone || ClientGaveUp ? long.MaxValue : _clientDeadline;
            now = Math.Min(packetTime, Math.Min(serverTime, clientTime));
            if (now == long.MaxValue)
            {
                break;
            }

            if (now == packetTime)
            {
                (bool toServer, long packet) = _wire.Dequeue();
                if (toServer)
                {
                    OnServerPacket(packet, now);
                }
                else
                {
                    OnClientPacket(packet, now);
                }
            }
            else if (now == serverTime)
            {
                Perform(_server.OnTimer(now), now);
            }
            else
            {
                OnClientTimer(now);
            }
        }

        return now;
    }

    private void OnServerPacket(long packet, long now)
    {
        LastHeard = now;
        if (packet == Request)
        {
            Perform(_serverStarted ? _server.OnRequestAgain(now) : _server.Start(now), now);
            _serverStarted = true;
        }
        else
        {
            Perform(_server.OnAcknowledgment(BlockNumbers.ToWire(packet, parameters.Rollover), now), now);
        }
    }

    private void Perform(TransferStep step, long now)
    {
        if (step.Action == TransferAction.SendOptions)
        {
            Send(now, toServer: false, Options);
        }

        for (long block = step.FirstBlock; block < step.FirstBlock + step.Count; block++)
        {
            DataPacketsSent++;
            Assert.InRange(block, 1, _server.LastBlock);
            Assert.InRange(_server.LengthOf(block), block == _server.LastBlock ? 0 : parameters.BlockSize, parameters.BlockSize);
            Send(now, toServer: false, block);
        }
    }

    private void OnClientPacket(long packet, long now)
    {
        _clientKnowsServer = true;
        if (packet == Options)
        {
            if (_received == 0)
            {
                Acknowledge(now);
            }

            return;
        }

        // As the wire has it: only 16 bits of the number are seen.
        ushort number = BlockNumbers.ToWire(packet, parameters.Rollover);
        if (number == BlockNumbers.ToWire(_received + 1, parameters.Rollover))
        {
            Assert.Equal(_received + 1, packet);
            _received++;
            _inWindow++;
            _gapReported = false;
            _clientRetries = 0;
            _clientDeadline = now + ClientTimeout;
            ClientIsDone = _received == _server.LastBlock;
            if (ClientIsDone || _inWindow == parameters.WindowSize)
            {
                Acknowledge(now);
            }
        }
        else if (parameters.WindowSize == 1 || (!_gapReported && !(ClientKnowsOldBlocks && packet <= _received)))
        {
            _gapReported = true;
            Acknowledge(now);
        }
    }

    private void OnClientTimer(long now)
    {
        if (++_clientRetries > ClientRetries)
        {
            ClientGaveUp = true;
            return;
        }

        _clientDeadline = now + ClientTimeout;
        if (_clientKnowsServer)
        {
            Acknowledge(now);
        }
        else
        {
            Send(now, toServer: true, Request);
        }
    }

    private void Acknowledge(long now)
    {
        _inWindow = 0;
        Send(now, toServer: true, _received);
    }

    private void Send(long now, bool toServer, long packet)
    {
        int copies = _random.NextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            if (_random.NextDouble() >= loss)
            {
                bool held = Reordering >= 1 || _random.NextDouble() < Reordering;
                long delay = (Millisecond / 10) + (held ? (long)(_random.NextDouble() * jitterMilliseconds * Millisecond) : 0);
                _wire.Enqueue((toServer, packet), (now + delay, _order++));
            }
        }
    }
}
