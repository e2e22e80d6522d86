using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Identity;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Which board boots as which client: a client is bound to the serial and the MAC address that it first booted with.</content>
public sealed partial class FleetService
{
    private readonly IdentityClaims _claims = new();

    // When the enrolment window that is open now was opened.
    private DateTimeOffset _windowOpened;

    /// <summary>Notes a message of firmware that uses one name of a bound board and not the other.</summary>
    /// <returns>False for every other message.</returns>
    private bool NoteIfClaim(in BoardIdentity seen, bool isDiscover)
    {
        IdentityOutcome outcome = _registry.Identify(seen, out BoardBinding? bound);
        if (!outcome.IsClaim())
        {
            return false;
        }

        if (isDiscover)
        {
            if (_claims.To(bound!.Mac, Now).Count == 0)
            {
                LogClaim(seen.Serial?.ToString() ?? "no serial", seen.Mac, bound);
            }

            _claims.Note(seen, bound, outcome, Now);
        }

        return true;
    }

    /// <summary>Decides whether the button, which was pressed after the claim was shown, lets a board take the place of the bound one.</summary>
    private bool TryApproveByButton(in BoardIdentity seen, BoardBinding bound)
    {
        DateTimeOffset now = Now;
        (MacAddress mac, BoardSerial? serial) = (seen.Mac, seen.Serial);
        IdentityClaim? claim = _claims.To(bound.Mac, now).FirstOrDefault(c => c.Board.Mac == mac && c.Board.Serial == serial);
        Client? client = _registry.FindBound(bound.Mac);
        DateTimeOffset? opened = _options.EnrolmentPolicy == EnrolmentPolicy.Button && now < _windowEnds ? _windowOpened : null;
        if (ApprovalRule.ByButton(claim, _claims.Count(now), opened, client is null ? null : SilenceOf(client)) != ApprovalVerdict.Approved)
        {
            return false;
        }

        try
        {
            Rebind(client, claim!);
            return true;
        }
        catch (FleetException e)
        {
            LogNotRebound(claim!.Board.Mac, e.Message);
            return false;
        }
    }

    /// <summary>How long ago a client was heard with its token; null for one that is not known to run.</summary>
    private TimeSpan? SilenceOf(Client client)
    {
        ClientState state = StateOf(client.Name);
        return state.Heard is { } heard
            ? _time.GetElapsedTime(heard)
            : SilenceOf(state, _registry.BoardOf(client) is { } board ? StateOf(board).Boots.Current : null);
    }

    /// <summary>The claims that a person means by the name of a client or of a board; null if it names nothing that is bound.</summary>
    private IReadOnlyList<IdentityClaim>? ClaimsMeant(string name)
    {
        DateTimeOffset now = Now;
        if (_registry.FindClient(name) is { } client)
        {
            IReadOnlyList<IdentityClaim> claims = client.Bound is { } bound ? _claims.To(bound.Mac, now) : [];
            if (claims.Count > 0 || !BoardRef.TryParse(name, out _))
            {
                return claims;
            }
        }

        BoardRef board = ParseBoard(name);
        if (_claims.By(board, now) is { Count: > 0 } made)
        {
            return made;
        }

        return _registry.FindBoard(board) is { } known && _claims.To(known.Mac, now) is { Count: > 0 } claimed ? claimed : null;
    }

    /// <summary>Gives a client, or the approval of a board, to the board that claims it.</summary>
    private Board ApproveClaim(string name, IReadOnlyList<IdentityClaim> claims)
    {
        Client? client = claims.Count == 0 ? _registry.FindClient(name) : _registry.FindBound(claims[0].Bound.Mac);
        TimeSpan? silence = client is null ? null : SilenceOf(client);
        return ApprovalRule.ByPerson(claims.Count, silence) switch
        {
            ApprovalVerdict.Approved => Rebind(client, claims[0]),
            ApprovalVerdict.IsRunning => throw new FleetException(
                $"Client '{client!.Name}' runs on its board {client.Bound}: it was heard {silence!.Value.TotalSeconds:0} s ago. The board that asks is another one. "
                + "If it is to take its place, switch the old one off and wait a minute. If not, look for a stranger on the network."),
            ApprovalVerdict.SeveralClaims => throw new FleetException(
                $"Several boards ask in the place of {claims[0].Bound}: {string.Join(", ", claims.Select(static c => c.Board.Mac))}. Name one by its MAC address."),
            _ => throw new FleetException($"No other board asks to boot as client '{name}': there is nothing to approve."),
        };
    }

    private Board Rebind(Client? client, IdentityClaim claim)
    {
        MacAddress before = claim.Bound.Mac;
        BoardSerial? serial = claim.Board.Serial ?? claim.Bound.Serial;
        if (client is not null)
        {
            _registry.Update(client with
            {
                Board = serial is { } known ? BoardRef.Of(known) : BoardRef.Of(claim.Board.Mac),
                Bound = new BoardBinding(claim.Board.Mac, serial),
            });
            StateOf(client.Name).Unsaved = true;
        }
        else if (_registry.FindBoard(before) is { } approved)
        {
            _registry.Update(approved with { Approved = false });
        }

        _claims.Forget(before);
        if (_registry.FindBoard(claim.Board.Mac) is { } replaced && replaced.Serial != serial)
        {
            _formerNames.Add(replaced.Ref);
        }

        Board board = Observe(claim.Board) with { Approved = true };
        _registry.Update(board);
        _unsavedBoards.Add(board.Mac);
        if (before != board.Mac && _boardStates.Remove(before, out BoardState? state))
        {
            // It is the same machine for its history.
            _boardStates[board.Mac] = state;
            _unsavedBoards.Remove(before);
            _identities.Forget(before);
            _logs.Forget(before);
        }

        LogRebound(client?.Name ?? "no client", claim.Bound, board.Ref, board.Mac);
        return board;
    }

    /// <summary>Binds a client to the board that boots as it, where that has not been done.</summary>
    /// <returns>False while it cannot be done: a Pi 3's boot ROM does not say the serial that the client is to have.</returns>
    private bool TryBind(Client client, Board board, out Client bound)
    {
        bound = client;
        if (client.Bound is { } known && (known.Serial is not null || board.Serial is null))
        {
            return true;
        }

        if (client.Bound is null && client.Board?.Serial is not null && board.Serial is null)
        {
            return false;
        }

        bound = _registry.Bind(client, new BoardBinding(board.Mac, board.Serial));
        StateOf(client.Name).Unsaved = true;
        LogBound(client.Name, bound.Bound!);
        return true;
    }

    /// <summary>Restores which addresses roots are open to. Clients of older servers know their board by its serial alone: one that came up is bound to the board that it came up on.</summary>
    private void BindLoaded()
    {
        foreach (Client client in _registry.Clients)
        {
            // Storage has the root open to the address of the last boot.
            if (_registry.BoardOf(client) is { } board && _boardStates.TryGetValue(board.Mac, out BoardState? last)
                && last.Boots.Current is { Address.IsAny: false } boot)
            {
                _openTo[boot.Address] = client.Name;
            }
        }

        foreach (Client client in _registry.Clients.Where(static c => c.Bound is null).ToList())
        {
            if (_registry.BoardOf(client) is { } board && _boardStates.TryGetValue(board.Mac, out BoardState? state)
                && state.Boots.Boots.Any(static b => b.Stage == BootStage.Up))
            {
                TryBind(client, board, out _);
            }
        }
    }

    [LoggerMessage(4070, LogLevel.Warning, "A board that says {Serial} and has the MAC address {Mac} is not the bound board {Bound}: it is given nothing")]
    private partial void LogClaim(string serial, MacAddress mac, BoardBinding bound);

    [LoggerMessage(4071, LogLevel.Information, "Client {Client} is bound to board {Board}")]
    private partial void LogBound(string client, BoardBinding board);

    [LoggerMessage(4072, LogLevel.Information, "{Client}: board {Board} ({Mac}) takes the place of {Before}, as a person approved")]
    private partial void LogRebound(string client, BoardBinding before, BoardRef board, MacAddress mac);

    [LoggerMessage(4073, LogLevel.Warning, "Board {Mac} cannot take the place that it claims: {Reason}")]
    private partial void LogNotRebound(MacAddress mac, string reason);
}
