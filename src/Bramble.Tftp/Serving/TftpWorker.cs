using System.Collections.Concurrent;
using System.Diagnostics;
using Bramble.Linux.Loops;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Wire;
using Microsoft.Extensions.Logging;

namespace Bramble.Tftp.Serving;

/// <summary>One loop: its listening sockets, its transfer socket, its sessions and timers.</summary>
internal sealed partial class TftpWorker : IDisposable
{
    private const int BatchMessages = 64;
    private const int MaxPacketBytes = 2048;
    private const int SendArenaBytes = 256 * 1024;
    private const int LongestWaitMilliseconds = 1000;

    // Requests get their turn after so many full batches of acknowledgments, or so many takes without sleeping.
    private const int TransferRounds = 4;
    private const int WakefulTurns = 32;

    // Sleep and waking cost as much as the spinning only while few clients are served: many keep the socket full anyway.
    private const int FewTransfers = 4;

    private readonly int _index;
    private readonly ITftpFiles _files;
    private readonly ITftpEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _origin;
    private readonly Dictionary<ulong, TftpSession> _sessions = [];
    private readonly TimerWheel _wheel = new(0);
    private readonly UdpPollSet _poll = new();
    private readonly UdpReceiveBatch _received = new(BatchMessages, MaxPacketBytes);
    private readonly UdpSendBatch _sending = new(BatchMessages, SendArenaBytes);
    private readonly NeighbourKeeper _neighbours = new();
    private readonly UdpSocket _transferSocket;
    private readonly ConcurrentQueue<TftpWorkerChange> _changes = new();
    private readonly Thread _thread;
    private readonly SpinBudget _spin = new();
    private TftpOptions _options;
    private TftpListener[] _listeners;
    private Ipv4Subnet[] _served;
    private long _sendFailures;
    private volatile bool _stop;
    private bool _started;

    /// <summary>Binds the sockets.</summary>
    /// <exception cref="UdpBindException">One cannot be bound.</exception>
    public TftpWorker(int index, TftpOptions options, LoopHeartbeat heartbeat, ITftpFiles files, ITftpEvents events, TimeProvider time, ILogger logger)
    {
        _index = index;
        _options = options;
        _files = files;
        _events = events;
        _time = time;
        _logger = logger;
        _origin = time.GetTimestamp();
        Heartbeat = heartbeat;
        _served = [.. options.ServedSubnets];
        ushort transferPort = options.TransferPort == 0 ? (ushort)0 : (ushort)(options.TransferPort + index);
        // What a transfer must know of its packets it knows from its request.
        var settings = new UdpSocketSettings { PacketInfo = false, ReceiveBufferBytes = options.SocketBufferBytes, SendBufferBytes = options.SocketBufferBytes };
        var listeners = new List<TftpListener>();
        try
        {
            _transferSocket = UdpSocket.Bind(new UdpEndpoint(Ipv4Address.Any, transferPort), settings);
            foreach (TftpEndpoint endpoint in options.Endpoints)
            {
                listeners.Add(TftpListener.Bind(endpoint, options, index));
            }
        }
        catch
        {
            listeners.ForEach(l => l.Socket.Dispose());
            _transferSocket?.Dispose();
            DisposeBuffers();
            throw;
        }

        _listeners = [.. listeners];
        LocalEndpoints = [.. _listeners.Select(l => l.Socket.LocalEndpoint)];
        _thread = new Thread(Run) { Name = heartbeat.Name, IsBackground = true };
    }

    /// <summary>The loop's pulse.</summary>
    public LoopHeartbeat Heartbeat { get; }

    /// <summary>Its counters; other threads may read them.</summary>
    public TftpCounters Counters { get; } = new();

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<UdpEndpoint> LocalEndpoints { get; private set; }

    /// <summary>The port that data comes from.</summary>
    public ushort TransferPort => _transferSocket.LocalEndpoint.Port;

    private long Now => _time.GetElapsedTime(_origin).Ticks;

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <summary>Binds what new settings need, without changing anything yet.</summary>
    public TftpWorkerChange Prepare(TftpOptions options)
    {
        var all = new List<TftpListener>();
        var added = new List<TftpListener>();
        try
        {
            foreach (TftpEndpoint endpoint in options.Endpoints)
            {
                TftpListener? listener = Array.Find(_listeners, l => l.Endpoint == endpoint);
                if (listener is null)
                {
                    listener = TftpListener.Bind(endpoint, options, _index);
                    added.Add(listener);
                }

                all.Add(listener);
            }

            return new TftpWorkerChange(options, all, added);
        }
        catch
        {
            added.ForEach(l => l.Socket.Dispose());
            throw;
        }
    }

    /// <summary>Hands prepared settings to the loop.</summary>
    public void Apply(TftpWorkerChange change)
    {
        LocalEndpoints = [.. change.Listeners.Select(l => l.Socket.LocalEndpoint)];
        _changes.Enqueue(change);
        _poll.Wake();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        if (_started)
        {
            _poll.Wake();
            _thread.Join();
        }

        while (_changes.TryDequeue(out TftpWorkerChange? change))
        {
            change.Discard();
        }

        foreach (TftpListener listener in _listeners)
        {
            listener.Socket.Dispose();
        }

        _transferSocket.Dispose();
        DisposeBuffers();
    }

    private void DisposeBuffers()
    {
        _received.Dispose();
        _sending.Dispose();
        _neighbours.Dispose();
        _poll.Dispose();
    }

    private void Run()
    {
        Heartbeat.NameThread();
        try
        {
            WatchSockets();
            while (!_stop)
            {
                Turn();
            }
        }
        catch (Exception e)
        {
            // No guess how to go on: without a pulse the watchdog restarts the service in a known state.
            _logger.LoopFailed(e);
        }
        finally
        {
            EndAllSessions();
        }
    }

    private void Turn()
    {
        for (int i = 0; i < WakefulTurns && TakesWithoutSleeping(); i++)
        {
        }

        bool woken = _poll.Wait(_backlog.Count > 0 ? 0 : _wheel.MillisecondsToNext(Now, LongestWaitMilliseconds));
        Heartbeat.Beat();
        if (woken)
        {
            TakeChanges();
            return;
        }

        if (_poll.IsReady(0))
        {
            for (int i = 0; i < TransferRounds && TakeTransferPackets() == BatchMessages; i++)
            {
            }
        }

        for (int i = 0; i < _listeners.Length; i++)
        {
            if (_poll.IsReady(i + 1))
            {
                TakeRequests(_listeners[i].Socket);
            }
        }

        SendBacklog();
        TakeTimers();
    }

    /// <summary>Looks for the next acknowledgment for some microseconds, where that is likely to find it. False if none came.</summary>
    private bool TakesWithoutSleeping()
    {
        if (Counters.ActiveTransfers is 0 or > FewTransfers || !_spin.MayBegin())
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        do
        {
            if (TakeTransferPackets() > 0)
            {
                _spin.Hit();
                return true;
            }
        }
        while (Stopwatch.GetElapsedTime(start) < SpinBudget.Longest);
        _spin.Missed();
        return false;
    }

    private int TakeTransferPackets()
    {
        int count = _received.Receive(_transferSocket);
        if (count > 0)
        {
            long now = Now;
            Counters.Add(TftpCounter.PacketsReceived, count);
            for (int i = 0; i < count; i++)
            {
                OnTransferPacket(_received[i], now);
            }

            Flush();
        }

        return count;
    }

    private void TakeRequests(UdpSocket socket)
    {
        int count = _received.Receive(socket);
        if (count > 0)
        {
            Counters.Add(TftpCounter.PacketsReceived, count);
            for (int i = 0; i < count; i++)
            {
                OnRequestPacket(_received[i], Now);
            }

            Flush();
        }
    }

    private void TakeTimers()
    {
        long now = Now;
        while (_wheel.TakeDue(now) is TftpSession session)
        {
            OnTimer(session, now);
        }

        Flush();
    }

    private void TakeChanges()
    {
        while (_changes.TryDequeue(out TftpWorkerChange? change))
        {
            foreach (TftpListener gone in _listeners.Where(l => !change.Listeners.Contains(l)))
            {
                gone.Socket.Dispose();
            }

            _options = change.Options;
            _served = [.. change.Options.ServedSubnets];
            _listeners = [.. change.Listeners];
            WatchSockets();
        }
    }

    private void WatchSockets() => _poll.SetSockets([_transferSocket, .. _listeners.Select(l => l.Socket)]);

    private void Flush()
    {
        if (_sending.Count == 0)
        {
            return;
        }

        bool segmented = _sending.SegmentationWorks;
        _sending.Flush(_transferSocket);
        if (segmented && !_sending.SegmentationWorks)
        {
            _logger.SegmentationOff();
        }

        if (_sending.Failures != _sendFailures)
        {
            Counters.Add(TftpDropReason.SendFailed, _sending.Failures - _sendFailures);
            _sendFailures = _sending.Failures;
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        if (!_sending.HasRoom(bytes))
        {
            Flush();
        }

        return _sending.Reserve(bytes);
    }

    private bool IsServed(Ipv4Address address)
    {
        foreach (Ipv4Subnet subnet in _served)
        {
            if (subnet.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
