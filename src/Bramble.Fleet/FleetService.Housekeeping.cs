using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>What is done from time to time: roots looked for, faults reported, what changed written down.</content>
public sealed partial class FleetService
{
    private static readonly TimeSpan s_idleTurn = TimeSpan.FromSeconds(1);

    /// <summary>While a board is on its way from its files to its root: the moment it connects is not to be missed by much.</summary>
    private static readonly TimeSpan s_rootTurn = TimeSpan.FromMilliseconds(250);

    /// <summary>A board that has not connected by then will not.</summary>
    private static readonly TimeSpan s_rootWait = TimeSpan.FromMinutes(30);

    /// <summary>A kernel that has not connected by then is no longer looked at so often.</summary>
    private static readonly TimeSpan s_soonWait = TimeSpan.FromMinutes(5);

    /// <summary>Time between writes of boards and histories: often enough to survive a power cut, seldom enough for an SD card.</summary>
    private static readonly TimeSpan s_flushEvery = TimeSpan.FromSeconds(15);

    private readonly Lock _flushGate = new();

    private async Task TickLoopAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_idleTurn, _time);
        DateTimeOffset ticked = Now, flushed = Now;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                bool hearsLogs = NetworkWatch?.LookAtLogs(this) ?? false;
                TimeSpan turn = PollRootConnections() | ConfirmAddresses() || hearsLogs ? s_rootTurn : s_idleTurn;
                if (timer.Period != turn)
                {
                    timer.Period = turn;
                }

                if (Now - ticked >= s_idleTurn - s_rootTurn)
                {
                    ticked = Now;
                    Tick();
                }

                if (Now - flushed >= s_flushEvery)
                {
                    flushed = Now;
                    Flush();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>What is done once a second: failed storage work tried again, faults reported.</summary>
    internal void Tick()
    {
        NetworkWatch?.Look(this);
        CheckOwnSystems();
        LookAtDisk();
        lock (_gate)
        {
            RetryDue();
            KeepRootsOpen();
            _claims.Trim(Now);
            ReportFaults();
            ReportSilence();
            ReportServerFaults();
        }

        KeepNeighbours();
        FindUefi();
    }

    private void ReportFaults()
    {
        DateTimeOffset now = Now;
        foreach (Board board in _registry.Boards)
        {
            BoardState state = StateOf(board);
            Client? client = _registry.ClientOf(board);
            Fault? fault = FaultJudge.Judge(ContextOf(board, client, now));
            if (fault?.Code == state.Reported?.Code)
            {
                continue;
            }

            Boot? boot = state.Boots.Current;
            double seconds = boot is null ? 0 : (now - boot.Started).TotalSeconds;
            BootStage stage = boot?.Stage ?? BootStage.Discover;
            if (state.Reported is { } over)
            {
                Publish(new BootEvent(now, BootEventKind.Cleared, board.Ref.ToString(), client?.Name, boot?.Number ?? 0, stage, seconds, over.Code, $"{over.Title}: over"));
            }

            if (fault is not null)
            {
                Publish(new BootEvent(now, BootEventKind.Fault, board.Ref.ToString(), client?.Name, boot?.Number ?? 0, stage, seconds, fault.Code, $"{fault.Title}. {fault.Seen}"));
            }

            state.Reported = fault;
        }
    }

    /// <summary>Writes what changed. A failure is logged and tried again at the next turn.</summary>
    internal void Flush()
    {
        // One at a time, so that nothing older is written over something newer.
        lock (_flushGate)
        {
            FlushAlone();
        }
    }

    private void FlushAlone()
    {
        List<Client> clients;
        List<Board> boards;
        List<BoardBoots> histories;
        List<BoardRef> former;
        lock (_gate)
        {
            foreach (MacAddress logged in _logs.TakeUnsaved(Now, all: _stopping is null))
            {
                if (_registry.FindBoard(logged) is { } board)
                {
                    StateOf(board).Unsaved = true;
                }
            }

            clients = [.. _clientStates.Values.Where(static s => s.Unsaved).Select(s => _registry.FindClient(s.Name)).OfType<Client>()];
            boards = [.. _unsavedBoards.Select(_registry.FindBoard).OfType<Board>()];
            histories = [];
            foreach ((MacAddress mac, BoardState state) in _boardStates)
            {
                if (state.Unsaved)
                {
                    histories.Add(state.Boots with { Log = _logs.Of(mac) });
                }
            }

            former = [.. _formerNames.Where(f => _registry.FindBoard(f) is not { } board || board.Ref != f)];
            foreach (ClientState state in _clientStates.Values)
            {
                state.Unsaved = false;
            }

            foreach (BoardState state in _boardStates.Values)
            {
                state.Unsaved = false;
            }

            _unsavedBoards.Clear();
            _formerNames.Clear();
        }

        try
        {
            clients.ForEach(_store.Save);
            boards.ForEach(_store.Save);
            histories.ForEach(_store.Save);
            former.ForEach(_store.DeleteBoard);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(_options.StateFolder, e.Message);
            lock (_gate)
            {
                clients.ForEach(c => StateOf(c.Name).Unsaved = true);
                boards.ForEach(b => _unsavedBoards.Add(b.Mac));
                histories.ForEach(h => MarkUnsaved(h.Board));
                _formerNames.AddRange(former);
            }
        }
    }

    private void MarkUnsaved(BoardRef board)
    {
        if (_registry.FindBoard(board) is { } found)
        {
            StateOf(found).Unsaved = true;
        }
    }

    [LoggerMessage(4040, LogLevel.Information, "{Client}: boot {Boot} reached {Stage} after {Seconds:0.0} s")]
    private partial void LogStage(string client, int boot, BootStage stage, double seconds);

    [LoggerMessage(4045, LogLevel.Information, "{Text}")]
    private partial void LogMode(string text);

    [LoggerMessage(4041, LogLevel.Warning, "{Client}: {Code} {Text}")]
    private partial void LogFault(string client, string code, string text);

    [LoggerMessage(4042, LogLevel.Information, "{Client}: {Code} is over")]
    private partial void LogCleared(string client, string code);

    [LoggerMessage(4043, LogLevel.Warning, "An up-beacon from {Address} for client '{Client}' has a wrong token; it was not counted")]
    private partial void LogForgedBeacon(Ipv4Address address, string client);

    [LoggerMessage(4049, LogLevel.Warning, "An up-beacon for client '{Client}' has the right token and came from {Address}, which is not the address of its board; it was not counted")]
    private partial void LogStrayBeacon(Ipv4Address address, string client);

    [LoggerMessage(4046, LogLevel.Debug, "{Client}: {Transfer}")]
    private partial void LogTransfer(string client, string transfer);

    [LoggerMessage(4044, LogLevel.Error, "State cannot be written to {Folder}: {Reason}. It is tried again")]
    private partial void LogNotSaved(string folder, string reason);

    /// <summary>
    /// Looks for connections to the NFS and iSCSI ports while a boot is on its way to its root.
    /// Connections that were there before the kernel was sent are left over from a board that lost power, and do not count.
    /// </summary>
    /// <returns>True while one is: look again soon.</returns>
    internal bool PollRootConnections()
    {
        bool soon = false;
        lock (_gate)
        {
            DateTimeOffset now = Now;
            bool any = false;
            foreach (BoardState state in _boardStates.Values)
            {
                if (state.Boots.Current is { Stage: BootStage.Bound or BootStage.Firmware or BootStage.Kernel } boot && now - boot.Started < s_rootWait)
                {
                    any = true;
                    soon |= boot.Stage == BootStage.Kernel && now - boot.Started < s_soonWait;
                }
            }

            // The kernel walks its whole table of connections for this, milliseconds on a large machine.
            if (!any)
            {
                return false;
            }
        }

        IReadOnlyList<TcpConnection> connections = _connections.Read();
        lock (_gate)
        {
            foreach (BoardState state in _boardStates.Values)
            {
                // Once gone, the same ports may come back as a new connection.
                if (state.Stale.Count > 0)
                {
                    state.Stale.IntersectWith(connections);
                }
            }

            foreach (TcpConnection connection in connections)
            {
                if (!TryFindHolder(connection.RemoteAddress, out MacAddress mac)
                    || _registry.FindBoard(mac) is not { } board
                    || !_boardStates.TryGetValue(mac, out BoardState? state)
                    || state.Boots.Current is not { } boot)
                {
                    continue;
                }

                if (boot.Stage < BootStage.Kernel)
                {
                    state.Stale.Add(connection);
                }
                else if (boot.Stage == BootStage.Kernel && !state.Stale.Contains(connection))
                {
                    RootKind kind = connection.LocalPort == LinuxRootConnections.IscsiPort ? RootKind.Iscsi : RootKind.Nfs;
                    Change(board, state, BootReducer.RootSeen(state.Boots, Now, kind));
                }
            }
        }

        return soon;
    }
}
