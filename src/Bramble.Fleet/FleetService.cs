using System.Threading.Channels;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <summary>
/// Boards, clients, their boot files and their boots. The packet loops call it under their own threads: those members take a short lock,
/// never wait for storage or the state folder, and never throw. Storage is called by background workers, state is written by another.
/// </summary>
public sealed partial class FleetService : IBootPolicy, IDhcpEvents, ITftpFiles, ITftpEvents, IAsyncDisposable
{
    // Of persons only: held while their change is written. The packet loops never take it.
    private readonly Lock _adminGate = new();
    private const int PrepareWorkers = 3;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _imagesGate = new(1, 1);
    private readonly IStorage _storage;
    private readonly IRootChanges? _changes;
    private readonly INeighbours _neighbours;
    private readonly IRootConnections _connections;
    private readonly BootFileMaker _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FleetStore _store;

    private readonly FleetRegistry _registry = new();
    private readonly Dictionary<string, ClientState> _clientStates = new(StringComparer.Ordinal);
    private readonly Dictionary<MacAddress, BoardState> _boardStates = [];
    private readonly HashSet<MacAddress> _unsavedBoards = [];
    private readonly List<BoardRef> _formerNames = [];
    private readonly AddressBook _addresses;

    private readonly Channel<string> _toPrepare = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _toPublish = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<BootEvent> _events = Channel.CreateBounded<BootEvent>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private FleetOptions _options;
    private IReadOnlyList<ImageInfo> _images = [];
    private bool _imagesKnown;
    private DateTimeOffset _imagesAsked;
    private DateTimeOffset _forgedTold;
    private DateTimeOffset _windowEnds;
    private int _enrolled;
    private CancellationTokenSource? _stopping;
    private Task[] _workers = [];

    /// <summary>Makes the service; <see cref="StartAsync"/> reads the state folder.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="storage">Images and roots.</param>
    /// <param name="reader">Boot folders.</param>
    /// <param name="neighbours">MAC addresses of IPv4 addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="connections">Connections to the root ports; null for the kernel's TCP table.</param>
    /// <param name="changes">Who gives clients other images, for rollouts; null for nobody.</param>
    public FleetService(
        FleetOptions options,
        IStorage storage,
        IBootFolderReader reader,
        INeighbours neighbours,
        TimeProvider time,
        ILogger logger,
        IRootConnections? connections = null,
        IRootChanges? changes = null)
    {
        _options = options;
        _storage = storage;
        _changes = changes;
        _neighbours = neighbours;
        _connections = connections ?? new LinuxRootConnections();
        _files = new BootFileMaker(reader);
        _time = time;
        _logger = logger;
        _store = new FleetStore(options.StateFolder, logger);
        _addresses = new AddressBook(options.MaxBoards * 2);
        _begun = time.GetTimestamp();
    }

    /// <summary>Told about every stage, fault and enrolment, in order, on a background thread. Handlers must not throw.</summary>
#pragma warning disable MA0046 // A plain action: there is one sender, and the event's record says all.
    public event Action<BootEvent>? BootEvent;
#pragma warning restore MA0046

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Reads the state folder and starts the background workers.</summary>
    /// <exception cref="IOException">The state folder cannot be made or listed.</exception>
    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Load();
        _stopping = new CancellationTokenSource();
        CancellationToken stop = _stopping.Token;
        _workers =
        [
            // Several, so that a root that takes long (the first disk of an image) holds up no other board.
            .. Enumerable.Range(0, PrepareWorkers).Select(_ => Task.Run(() => PrepareLoopAsync(stop), CancellationToken.None)),
            Task.Run(() => PublishLoopAsync(stop), CancellationToken.None),
            Task.Run(() => EventLoopAsync(stop), CancellationToken.None),
            Task.Run(() => TickLoopAsync(stop), CancellationToken.None),
            Task.Run(() => RolloutLoopAsync(stop), CancellationToken.None),
        ];
        return Task.CompletedTask;
    }

    /// <summary>Stops the workers and writes what is not yet written.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_stopping is not { } stopping)
        {
            return;
        }

        _stopping = null;
        await stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_workers).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller's patience is at its end, or a worker ended by the stop itself.
        }

        Flush();
        stopping.Dispose();
        _imagesGate.Dispose();
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private void Load()
    {
        _store.Create();
        lock (_gate)
        {
            foreach (Board board in _store.LoadBoards())
            {
                _registry.Load(board);
            }

            foreach (Client client in _store.LoadClients())
            {
                Client loaded = client with { BeaconToken = client.BeaconToken.Length == 0 ? NewToken() : client.BeaconToken };
                try
                {
                    _registry.Add(loaded);
                }
                catch (FleetException e)
                {
                    // Two files claim one board or address: the first one keeps it.
                    LogClash(loaded.Name, e.Message);
                    _registry.Add(loaded with { Board = null, Bound = null, Address = null });
                }

                StateOf(loaded.Name).Unsaved = loaded.BeaconToken != client.BeaconToken;
            }

            foreach (PreparedRoot root in _store.LoadRoots())
            {
                if (_registry.FindClient(root.Request.Client) is not null && Directory.Exists(root.Root.BootFolder))
                {
                    StateOf(root.Request.Client).Prepared = root;
                }
            }

            foreach (BoardBoots boots in _store.LoadHistories())
            {
                if (_registry.FindBoard(boots.Board) is { } board)
                {
                    // A file that was being sent when the server ended is no longer.
                    _logs.Load(board.Mac, boots.Log);
                    BoardBoots known = boots with { Log = [] };
                    _boardStates[board.Mac] = new BoardState(known.Current is { Current: not null } boot ? known.WithCurrent(boot with { Current = null }) : known);
                }
            }

            _rollout = _store.LoadRollout();
            if (_rollout is { State: RolloutState.Running })
            {
                _rollout = _rollout with { Resumed = Now };
            }

            BindLoaded();
            _enrolled = _registry.Clients.Count;
            LearnWritten();
        }

        LogLoaded(_registry.Clients.Count, _registry.Boards.Count);
    }

    private ClientState StateOf(string client)
    {
        if (!_clientStates.TryGetValue(client, out ClientState? state))
        {
            _clientStates[client] = state = new ClientState(client);
        }

        return state;
    }

    private BoardState StateOf(Board board)
    {
        if (!_boardStates.TryGetValue(board.Mac, out BoardState? state))
        {
            _boardStates[board.Mac] = state = new BoardState(BootReducer.Empty(board.Ref));
        }
        else if (state.Boots.Board != board.Ref)
        {
            state.Boots = state.Boots with { Board = board.Ref };
        }

        return state;
    }

    /// <summary>Takes in what a message told about its board.</summary>
    private Board Observe(in BoardIdentity seen)
    {
        Board board = _registry.Observe(seen, Now, out BoardRef? former, out bool changed);
        if (former is { } name)
        {
            _formerNames.Add(name);
        }

        if (changed)
        {
            _unsavedBoards.Add(board.Mac);
            if (_registry.Boards.Count > _options.MaxBoards)
            {
                ForgetBoards();
            }
        }

        return board;
    }

    /// <summary>Makes room; many at once, because looking for the oldest costs time that forged requests could waste.</summary>
    private void ForgetBoards()
    {
        foreach (Board forgotten in _registry.ForgetOldest(Math.Max(1, _options.MaxBoards / 16)))
        {
            Forgotten(forgotten);
        }
    }

    private void Forgotten(Board board)
    {
        _boardStates.Remove(board.Mac);
        _identities.Forget(board.Mac);
        _logs.Forget(board.Mac);
        _unsavedBoards.Remove(board.Mac);
        _formerNames.Add(board.Ref);
    }

    // 122 bits of the kernel's random generator. RandomNumberGenerator would load OpenSSL, 4.5 MB of memory until the process ends.
    private static string NewToken() => Guid.NewGuid().ToString("N");

    [LoggerMessage(4010, LogLevel.Information, "{Clients} clients and {Boards} boards known")]
    private partial void LogLoaded(int clients, int boards);

    [LoggerMessage(4011, LogLevel.Warning, "Client {Client} was loaded without board and fixed address: {Reason}")]
    private partial void LogClash(string client, string reason);
}
