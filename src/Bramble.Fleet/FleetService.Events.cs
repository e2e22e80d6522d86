using System.Security.Cryptography;
using System.Text;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Beacon;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Fleet.Status;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>What happens on the wire.</content>
public sealed partial class FleetService
{
    // Anybody can send beacons: they must not fill the journal.
    private static readonly TimeSpan s_tellForgedEvery = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public void OnDhcp(in DhcpEvent e)
    {
        lock (_gate)
        {
            if (e.Kind == DhcpEventKind.SecondServer)
            {
                _secondServers.Note(e.Server, e.Board.Mac, e.Time);
                return;
            }

            if (e.Kind == DhcpEventKind.AddressInUse)
            {
                return;
            }

            if (e.Kind == DhcpEventKind.BootOffer)
            {
                NoteBootOffer(e);
                return;
            }

            bool firmware = e.Stage == ClientStage.Firmware && e.Board.IsPi;
            if (firmware && NoteIfClaim(e.Board, e.Kind == DhcpEventKind.Discover))
            {
                return;
            }

            Board? board = firmware ? Observe(e.Board) : _registry.FindBoard(e.Board.Mac);
            if (board is null)
            {
                if (e.Kind == DhcpEventKind.Ack)
                {
                    // The board that had this address has it no longer.
                    _addresses.Note(e.Address, e.Board.Mac, AddressProof.Given, Now);
                }

                return;
            }

            BoardState state = StateOf(board);
            LearnAddress(board, state, e, firmware);
            if (firmware)
            {
                state.OwnSystem = null;
            }
            else if (e.Stage == ClientStage.OperatingSystem)
            {
                NoteSystem(board, state, e);
            }

            Change(board, state, BootReducer.Apply(state.Boots, e, board.Family, _options.BootsKept));
        }
    }

    /// <inheritdoc/>
    public void OnTransfer(in TftpTransferEvent e)
    {
        lock (_gate)
        {
            if (!TryFindHolder(e.Client, out MacAddress mac) || _registry.FindBoard(mac) is not { } board)
            {
                return;
            }

            BootPath path = BootPath.Parse(e.Path);
            ConfigText config = _registry.ClientOf(board) is { } client ? StateOf(client.Name).Config : ConfigText.Empty;
            BoardState state = StateOf(board);
            var seen = new TransferSeen(e, path.Rest, KernelFile.Is(path.Rest, config.Kernels));
            Change(board, state, BootReducer.Apply(state.Boots, seen, board.Family, _options.BootsKept));
            PublishTransfer(board, state.Boots.Current!, seen);
        }
    }

    // A boot looks for many files, some of them three times; only those that moved data, or should have, are events.
    private void PublishTransfer(Board board, Boot boot, in TransferSeen seen)
    {
        TftpTransferEvent e = seen.Event;
        if (e.Outcome is TftpTransferOutcome.Started or TftpTransferOutcome.NotFound or TftpTransferOutcome.Probed)
        {
            return;
        }

        BootTransfer transfer = StatusMaker.Of(e, seen.Path, boot.FindFile(seen.Path)?.Probes ?? 0);
        string? client = _registry.ClientOf(board)?.Name;
        Publish(new BootEvent(
            e.Time, BootEventKind.Transfer, board.Ref.ToString(), client, boot.Number, boot.Stage, (e.Time - boot.Started).TotalSeconds, null,
            $"{client ?? board.Ref.ToString()}: {StatusMaker.InWords(transfer)}")
        {
            Transfer = transfer,
        });
    }

    /// <summary>Takes an up-beacon.</summary>
    /// <param name="address">Where it came from.</param>
    /// <param name="datagram">Its payload.</param>
    /// <returns>The answer to send back, which may ask for a restart; null for none: the beacon is malformed, its token is not the client's, or it came from another machine.</returns>
    public byte[]? OnBeacon(Ipv4Address address, ReadOnlySpan<byte> datagram)
    {
        if (!UpBeacon.TryParse(datagram, out string name, out string token, out string bootId))
        {
            return null;
        }

        // Not under the lock: the table is a file. Not for a wrong token: a flood of beacons must not read the file each time.
        bool genuine = IsTokenOf(name, token);
        MacAddress? sender = genuine && _neighbours.TryFind(address, out MacAddress mac) ? mac : null;
        lock (_gate)
        {
            Client? client = _registry.FindClient(name);
            Board? board = client is null ? null : _registry.BoardOf(client);
            bool belongs = board is not null && BeaconRule.Belongs(address, StateOf(board).Boots.Current?.Address ?? default, board.Mac, sender);
            if (!genuine || client is null || board is null || !belongs)
            {
                if (Now - _forgedTold > s_tellForgedEvery)
                {
                    _forgedTold = Now;
                    if (genuine)
                    {
                        LogStrayBeacon(address, name);
                    }
                    else
                    {
                        LogForgedBeacon(address, name);
                    }
                }

                return null;
            }

            ClientState told = StateOf(client.Name);
            bool restarts = IsToRestart(told, bootId);
            BoardState state = StateOf(board);
            BoardBoots boots = BootReducer.UpSeen(state.Boots, Now, bootId, board.Family, _options.BootsKept);
            Change(board, state, told.Beats < BeatsForSure ? boots : BootReducer.KeepsTelling(boots, bootId));
            return Encoding.ASCII.GetBytes($"{(restarts ? "re" : "ok")} {bootId}\n");
        }
    }

    private bool IsTokenOf(string name, string token)
    {
        lock (_gate)
        {
            string expected = _registry.FindClient(name) is { BeaconToken.Length: UpBeacon.TokenLength } client
                ? client.BeaconToken : new string('-', UpBeacon.TokenLength);
            return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(token), Encoding.ASCII.GetBytes(expected));
        }
    }

    private void Change(Board board, BoardState state, BoardBoots after)
    {
        BoardBoots before = state.Boots;
        if (ReferenceEquals(before, after))
        {
            return;
        }

        state.Boots = after;
        state.Unsaved = true;
        if (after.Current is not { } now)
        {
            return;
        }

        if (before.Current?.Stage != now.Stage)
        {
            state.OwnSystem = null;
            if (now is { Stage: BootStage.Firmware, Family: PiFamily.Pi3 })
            {
                _spanningTree.PortsOpenInTime(Now);
            }
        }

        bool isNew = before.Current?.Number != now.Number;
        if (isNew)
        {
            state.Stale.Clear();
            if (before.Current is { Stage: < BootStage.Up } given)
            {
                _metrics.CountBoot(given.Stage);
            }
        }

        if (now.Stage == BootStage.Up && (isNew || before.Current!.Stage != BootStage.Up))
        {
            _metrics.CountBoot(BootStage.Up);
        }

        foreach (BootStage stage in Enum.GetValues<BootStage>())
        {
            if (now.Times.At(stage) is { } time && (isNew || before.Current!.Times.At(stage) is null))
            {
                string? client = _registry.ClientOf(board)?.Name;
                double seconds = (time - now.Started).TotalSeconds;
                Publish(new BootEvent(
                    time, BootEventKind.Stage, board.Ref.ToString(), client, now.Number, stage, seconds, null,
                    $"{client ?? board.Ref.ToString()}: {StatusMaker.NameOf(stage)} after {seconds:0.0} s"));
            }
        }
    }

    private void Publish(BootEvent e)
    {
        _metrics.Count(e);
        _events.Writer.TryWrite(e);
    }

    private async Task EventLoopAsync(CancellationToken stop)
    {
        try
        {
            await foreach (BootEvent e in _events.Reader.ReadAllAsync(stop))
            {
                Log(e);
                BootEvent?.Invoke(e);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private void Log(BootEvent e)
    {
        switch (e.Kind)
        {
            case BootEventKind.Stage:
                LogStage(e.Client ?? e.Board, e.Boot, e.Stage, e.Seconds);
                break;
            case BootEventKind.Fault:
                LogFault(e.Client ?? e.Board, e.FaultCode ?? "", e.Text);
                break;
            case BootEventKind.Cleared:
                LogCleared(e.Client ?? e.Board, e.FaultCode ?? "");
                break;
            case BootEventKind.Mode:
                LogMode(e.Text);
                break;
            case BootEventKind.Silent:
                LogSilent(e.Client ?? e.Board);
                break;
            case BootEventKind.Heard:
                LogHeard(e.Client ?? e.Board);
                break;
            case BootEventKind.Transfer when e.Transfer is { } transfer:
                LogTransfer(e.Client ?? e.Board, StatusMaker.InWords(transfer));
                break;
            default:
                break;
        }
    }
}
