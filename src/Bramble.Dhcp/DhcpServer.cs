using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Transport;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Loops;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp;

/// <summary>
/// The DHCP server on real sockets: one thread, one poll(2) loop over all interfaces. Everything but <see cref="Start"/>,
/// <see cref="Stop"/>, <see cref="Reconfigure"/> and the properties happens on that thread.
/// </summary>
public sealed partial class DhcpServer : IDisposable
{
    // Packets of one system call.
    private const int BatchSize = 64;
    private const int MaximumHeld = 256;

    private readonly IBootPolicy _policy;
    private readonly IDhcpEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DhcpCounters _counters = new();
    private readonly BoardMemory _boards = new();
    private readonly ReplyBatch _replies = new(2 * BatchSize);
    private readonly UdpReceiveBatch _received = new(BatchSize, ReplyBatch.BufferLength);
    private readonly DelayedReplies _delayed = new(1024);
    private readonly WaitingDiscovers _waiting = new();
    private readonly SenderWitness _witness = new();
    private readonly List<(byte[] Packet, PacketArrival Arrival)> _held = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DhcpOptions _options;
    private DhcpOptions? _next;
    private List<DhcpPort> _ports = [];
    private UdpPollSet? _poll;
    private LeaseJournal? _journal;
    private LeaseBook? _book;
    private DhcpResponder? _responder;
    private ModeSelector? _selector;
    private Thread? _thread;
    private volatile bool _stopping;
    private volatile DhcpMode _mode;
    private TaskCompletionSource<LeaseInfo[]>? _leasesQuestion;

    /// <summary>Makes a server; nothing is opened before <see cref="Start"/>.</summary>
    public DhcpServer(DhcpOptions options, IBootPolicy policy, IDhcpEvents events, TimeProvider time, ILogger logger)
    {
        _options = options;
        _policy = policy;
        _events = events;
        _time = time;
        _logger = logger;
        Heartbeat = new LoopHeartbeat("bramble-dhcp", time);
    }

    /// <summary>The pulse of the loop, for the watchdog.</summary>
    public LoopHeartbeat Heartbeat { get; }

    /// <summary>What it is now; <see cref="DhcpMode.Auto"/> while it listens for other servers.</summary>
    public DhcpMode CurrentMode => _mode;

    /// <summary>Packets received, without making a snapshot.</summary>
    internal long PacketsReceived => _counters.Received;

    /// <summary>All counts at this moment.</summary>
    public DhcpCountersSnapshot Counters => _counters.Snapshot();

    /// <summary>The held leases now, as the loop says; none before it has started and after it has ended.</summary>
    public IReadOnlyList<LeaseInfo> Leases
    {
        get
        {
            var question = new TaskCompletionSource<LeaseInfo[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            question = Interlocked.CompareExchange(ref _leasesQuestion, question, null) ?? question;
            _poll?.Wake();
            return Task.WhenAny(question.Task, _completion.Task).Wait(s_longestTurn) && question.Task.IsCompleted ? question.Task.Result : [];
        }
    }

    /// <summary>Ends when the loop ends; faulted if it died.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Opens the lease journal.</summary>
    internal Func<string, ILogger, Func<ILeaseLog, LeaseBook>, (LeaseJournal Journal, LeaseBook Book)> OpenJournal { get; init; } = LeaseJournal.Open;

    /// <summary>Opens the sockets and the lease journal, and starts the loop.</summary>
    /// <exception cref="DhcpServerException">An option is wrong, a port or an interface cannot be had, or the journal cannot be opened.</exception>
    public void Start()
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The DHCP server has been started already.");
        }

        Open();
        _thread = new Thread(Run) { Name = "bramble-dhcp", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Opens the sockets and the lease journal; <see cref="Turn"/> is the caller's.</summary>
    internal void Open()
    {
        try
        {
            Check(_options);
            (_journal, _book) = OpenJournal(_options.JournalPath, _logger, log => new LeaseBook(log, _policy));
            var poll = new UdpPollSet();
            _poll = poll;
            _journal.Committed = poll.Wake;
            _ports = OpenPorts(_options, []);
            SetDescriptors();
            Apply(_options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DhcpServerException)
        {
            Close();
            throw e as DhcpServerException
                ?? new DhcpServerException($"The lease journal {_options.JournalPath} cannot be opened: {e.Message} Is another Bramble running, and may this user write there?", e);
        }
    }

    /// <summary>Takes over other options without losing a lease or a packet of an interface that stays. The journal's path cannot change.</summary>
    /// <exception cref="DhcpServerException">An option is wrong; the old ones go on.</exception>
    public void Reconfigure(DhcpOptions options)
    {
        Check(options);
        Interlocked.Exchange(ref _next, options);
        _poll?.Wake();
    }

    /// <summary>Ends the loop and closes everything. May be called more than once.</summary>
    public void Stop()
    {
        _stopping = true;
        _poll?.Wake();
        if (_thread is not null && _thread != Thread.CurrentThread)
        {
            _thread.Join();
        }

        Close();
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private static void Check(DhcpOptions options)
    {
        if (options.Interfaces.Count == 0)
        {
            throw new DhcpServerException("No interface to serve: name one in [dhcp] interface.");
        }

        if (options.LeaseTime < TimeSpan.FromMinutes(1))
        {
            throw new DhcpServerException($"A lease time of {options.LeaseTime} is too short: one minute is the least.");
        }

        foreach (DhcpInterfaceOptions i in options.Interfaces.Concat(options.RelayedSubnets))
        {
            try
            {
                _ = new ServedSubnet(i.Subnet, i.Address, i.PoolFirst, i.PoolLast);
            }
            catch (ArgumentException)
            {
                throw new DhcpServerException($"{i.Name}: the pool {i.PoolFirst} to {i.PoolLast} is no range within {i.Subnet}; set [dhcp] pool to one.");
            }
        }
    }

    // Ports that stay the same are taken from the old list, so that no packet is lost and no port is asked for twice.
    private List<DhcpPort> OpenPorts(DhcpOptions options, List<DhcpPort> old)
    {
        var ports = new List<DhcpPort>();
        try
        {
            foreach (DhcpInterfaceOptions i in options.Interfaces)
            {
                DhcpPort? same = old.Find(p => string.Equals(p.Options.Name, i.Name, StringComparison.Ordinal)
                    && p.Socket.LocalEndpoint.Port == options.ServerPort
                    && (p.BootServer is null || p.BootServer.LocalEndpoint.Port == options.BootServerPort) && p.InterfaceIndex == UdpInterface.GetIndex(i.Name));
                if (same is not null)
                {
                    ports.Add(same.With(i));
                    continue;
                }

                var port = DhcpPort.Open(i, options, out string packetError, out string bootServerError);
                ports.Add(port);
                _logger.Listening(i.Name, i.Address, options.ServerPort);
                if (port.Packets is null)
                {
                    _logger.NoPacketSocket(i.Name, packetError);
                }

                if (bootServerError.Length > 0)
                {
                    _logger.NoBootServer(bootServerError);
                }
            }

            return ports;
        }
        catch
        {
            foreach (DhcpPort port in ports.Where(p => !old.Exists(o => o.Socket == p.Socket)))
            {
                port.Dispose();
            }

            throw;
        }
    }

    private void Apply(DhcpOptions options)
    {
        DateTimeOffset now = _time.GetUtcNow();
        bool sameMode = _selector is not null && _options.Mode == options.Mode;
        _options = options;
        _probes = new AddressProbes([.. _ports.Select(p => p.Arp is not null)]);
        _responder = new DhcpResponder(options, _book!, _policy, _events, _counters, _boards) { Probes = _probes, PeerLooks = NotePeer };
        if (!sameMode)
        {
            bool canLook = _ports.Exists(p => p.Packets is not null);
            if (options.Mode == DhcpMode.Auto && !canLook)
            {
                _logger.CannotProbe();
                options = options with { Mode = DhcpMode.Server };
            }

            _selector = new ModeSelector(options, now, Random.Shared.NextDouble());
        }

        TakeMode();
    }

    private void TakeMode()
    {
        DhcpMode mode = _selector!.Current;
        _responder!.IsProxy = mode == DhcpMode.Proxy;
        if (mode != _mode || _thread is null)
        {
            _mode = mode;
            _logger.ModeChanged(mode);
        }
    }

    private void Close()
    {
        foreach (DhcpPort port in _ports)
        {
            port.Dispose();
        }

        _ports = [];
        _journal?.Dispose();
        _poll?.Dispose();
        _received.Dispose();
        _sending.Dispose();
        _journal = null;
        _poll = null;
    }
}
