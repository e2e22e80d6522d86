using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet;

/// <content>What is seen without being asked for: spanning tree, ARP, identities, links, the clock.</content>
public sealed partial class FleetService : INetworkSeen
{
    private readonly SpanningTreeWatch _spanningTree = new();
    private readonly ArpWatch _arp = new();
    private readonly IdentityWatch _identities = new();
    private readonly LinkWatch _links = new();
    private readonly DiskWatch _disk = new();
    private DateTimeOffset _written;

    /// <summary>What goes by on the served networks; null to see nothing.</summary>
    public INetworkWatch? NetworkWatch { get; init; }

    /// <inheritdoc/>
    void INetworkSeen.Llc(string networkInterface, ReadOnlySpan<byte> frame)
    {
        if (Bpdu.TryParse(frame, out Bpdu bpdu))
        {
            lock (_gate)
            {
                _spanningTree.Note(networkInterface, bpdu, Now);
            }
        }
    }

    /// <inheritdoc/>
    void INetworkSeen.Arp(MacAddress sender, Ipv4Address has, Ipv4Address target, bool isRequest)
    {
        lock (_gate)
        {
            _arp.Note(sender, has, target, isRequest, Now);
        }
    }

    /// <inheritdoc/>
    void INetworkSeen.Link(string networkInterface, bool hasLink)
    {
        lock (_gate)
        {
            _links.Note(networkInterface, hasLink, Now);
        }
    }

    /// <summary>Faults of the network and of this server, as they are now.</summary>
    private List<Fault> JudgeServer(DateTimeOffset now)
    {
        List<Fault> faults = [.. _secondServers.Judge(now), .. _spanningTree.Judge(now), .. _links.Judge(now)];
        if (_disk.Judge() is { } full)
        {
            faults.Add(full);
        }

        if (ServerClock.Judge(now, _written) is { } clock)
        {
            // Of all that is wrong with such a clock its own time says nothing.
            faults.Add(clock with { Since = _clockWrongSince ??= now });
        }
        else
        {
            _clockWrongSince = null;
        }

        return faults;
    }

    private DateTimeOffset? _clockWrongSince;

    /// <summary>Not under the lock: a disk may be slow.</summary>
    private void LookAtDisk()
    {
        if (_options.DataDisk is not { } look)
        {
            return;
        }

        DiskSpaceState? disk = null;
        try
        {
            disk = look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is made with the first image.
        }

        lock (_gate)
        {
            _disk.Note(disk, Now);
        }
    }

    /// <summary>The latest time in this server's own files.</summary>
    private void LearnWritten() => _written = _registry.Boards.Select(static b => b.LastSeen).Concat(_images.Select(static i => i.Imported)).DefaultIfEmpty().Max();

    private void NoteBootOffer(in DhcpEvent e)
    {
        if (_registry.FindBoard(e.Client) is { } board && _boardStates.TryGetValue(board.Mac, out BoardState? state))
        {
            Change(board, state, BootReducer.Apply(state.Boots, e, board.Family, _options.BootsKept));
        }
    }

    /// <summary>DHCP of a board's operating system, before its boot takes it in.</summary>
    private void NoteSystem(Board board, BoardState state, in DhcpEvent e)
    {
        if (e.Identity != 0)
        {
            _identities.Note(board.Mac, e.Identity, e.Time);
        }

        // A system whose kernel came from here is on its way, or up.
        bool fromHere = state.Boots.Current is { Stage: >= BootStage.Firmware and < BootStage.Up } boot && e.Time - boot.LastEvent < _options.Bounds.Silent;
        if (e.Kind == DhcpEventKind.Discover && !fromHere && _registry.ClientOf(board) is not null)
        {
            state.OwnSystem ??= e.Time;
        }
    }

    /// <summary>A board that said that it is up, and then asks for an address: its root tells whether it is still the same system.</summary>
    private void CheckOwnSystems()
    {
        lock (_gate)
        {
            if (!_boardStates.Values.Any(static s => s is { OwnSystem: not null, Boots.Current.Stage: BootStage.Up }))
            {
                return;
            }
        }

        IReadOnlyList<TcpConnection> connections = _connections.Read();
        lock (_gate)
        {
            foreach (TcpConnection connection in connections)
            {
                if (TryFindHolder(connection.RemoteAddress, out MacAddress mac) && _boardStates.TryGetValue(mac, out BoardState? state))
                {
                    state.OwnSystem = null;
                }
            }
        }
    }

    /// <summary>What was seen of a board, for its judge.</summary>
    private FaultContext WithSeen(FaultContext context, Board? board, BoardState? state)
    {
        if (board is null || state is null)
        {
            return context;
        }

        DateTimeOffset now = context.Now;
        Boot? boot = state.Boots.Current;
        IReadOnlyList<ArpQuestion> asked = boot is { Stage: BootStage.Offered or BootStage.Bound }
            ? [.. _arp.Questions(board.Mac, boot.Times.Offered ?? boot.Started).Where(q => !_options.Networks.Any(n => n.Address == q.Target))]
            : [];
        return context with
        {
            Asked = asked,
            AddressRival = boot is { Stage: >= BootStage.Bound, Address.IsAny: false } ? _arp.Rival(board.Mac, boot.Address, now) : null,
            Twin = _identities.Twin(board.Mac, now) is { } twin && _registry.FindBoard(twin) is { } other ? _registry.ClientOf(other)?.Name ?? $"board {other.Ref}" : null,
            OwnSystem = state.OwnSystem,
            SpanningTree = _spanningTree.Delay(now),
        };
    }
}
