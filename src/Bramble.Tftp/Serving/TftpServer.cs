using Bramble.Linux.Loops;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace Bramble.Tftp.Serving;

/// <summary>
/// A TFTP server for reading (RFC 1350, 2347, 2348, 2349, 7440) on threads of its own. Each worker sends all its transfers
/// from one socket and tells them apart by the client's address and port.
/// </summary>
public sealed class TftpServer : IDisposable
{
    private readonly ITftpFiles _files;
    private readonly ITftpEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<TftpWorker> _workers = [];
    private TftpOptions _options;
    private bool _disposed;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="files">The files of each client.</param>
    /// <param name="events">Takes what happens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TftpServer(TftpOptions options, ITftpFiles files, ITftpEvents events, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        _options = options;
        _files = files;
        _events = events;
        _time = time;
        _logger = logger;
        Heartbeat = new LoopHeartbeat("bramble-tftp", time);
    }

    /// <summary>The pulse of the first loop.</summary>
    public LoopHeartbeat Heartbeat { get; }

    /// <summary>The pulses of all loops; more than one with several workers.</summary>
    public IReadOnlyList<LoopHeartbeat> Heartbeats
    {
        get
        {
            lock (_gate)
            {
                return _workers.Count == 0 ? [Heartbeat] : [.. _workers.Select(w => w.Heartbeat)];
            }
        }
    }

    /// <summary>Where the server listens, with the real ports.</summary>
    public IReadOnlyList<UdpEndpoint> LocalEndpoints
    {
        get
        {
            lock (_gate)
            {
                return _workers.Count == 0 ? [] : _workers[0].LocalEndpoints;
            }
        }
    }

    /// <summary>The counters, summed over the workers.</summary>
    public TftpCounters Counters
    {
        get
        {
            var sum = new TftpCounters();
            lock (_gate)
            {
                foreach (TftpWorker worker in _workers)
                {
                    sum.AddAll(worker.Counters);
                }
            }

            return sum;
        }
    }

    /// <summary>Binds the sockets and starts to serve.</summary>
    /// <exception cref="UdpBindException">A socket cannot be bound; nothing was started.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_workers.Count > 0)
            {
                throw new InvalidOperationException("The TFTP server was started already.");
            }

            var workers = new List<TftpWorker>();
            try
            {
                int count = Math.Max(1, _options.Workers);
                for (int i = 0; i < count; i++)
                {
                    LoopHeartbeat heartbeat = i == 0 ? Heartbeat : new LoopHeartbeat($"bramble-tftp-{i}", _time);
                    workers.Add(new TftpWorker(i, PortsOf(workers, _options), heartbeat, _files, _events, _time, _logger));
                }
            }
            catch
            {
                workers.ForEach(w => w.Dispose());
                throw;
            }

            _workers.AddRange(workers);
            _workers.ForEach(w => w.Start());
            _logger.Listening(string.Join(", ", _workers[0].LocalEndpoints), _workers[0].TransferPort);
        }
    }

    /// <summary>
    /// Takes new settings. Running transfers keep what they agreed to; endpoints that stay keep their sockets. The number of
    /// workers, the ports and the socket buffers stay as they were at the start, and a log line says so.
    /// </summary>
    /// <exception cref="UdpBindException">A new endpoint cannot be bound; the old settings stay.</exception>
    public void Reconfigure(TftpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            string needRestart = ThatNeedRestart(_options, options);
            options = options with
            {
                Port = _options.Port,
                TransferPort = _options.TransferPort,
                Workers = _options.Workers,
                SocketBufferBytes = _options.SocketBufferBytes,
            };
            var prepared = new List<TftpWorkerChange>();
            try
            {
                foreach (TftpWorker worker in _workers)
                {
                    prepared.Add(worker.Prepare(options));
                }
            }
            catch
            {
                prepared.ForEach(p => p.Discard());
                throw;
            }

            for (int i = 0; i < prepared.Count; i++)
            {
                _workers[i].Apply(prepared[i]);
            }

            _options = options;
            if (needRestart.Length > 0)
            {
                _logger.NeedsRestart(needRestart);
            }
        }
    }

    /// <summary>Stops the loops and closes the sockets; running transfers end as aborted.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _workers.ForEach(w => w.Dispose());
            }
        }
    }

    private static string ThatNeedRestart(TftpOptions old, TftpOptions now)
    {
        (string Name, bool Differs)[] settings =
        [
            ("port", old.Port != now.Port),
            ("transfer port", old.TransferPort != now.TransferPort),
            ("number of workers", old.Workers != now.Workers),
            ("socket buffers", old.SocketBufferBytes != now.SocketBufferBytes),
        ];
        return string.Join(", ", settings.Where(s => s.Differs).Select(s => s.Name));
    }

    // All workers listen on the port that the first one got.
    private static TftpOptions PortsOf(List<TftpWorker> workers, TftpOptions options) =>
        workers.Count == 0 || options.Port != 0 ? options : options with { Port = workers[0].LocalEndpoints[0].Port };
}
