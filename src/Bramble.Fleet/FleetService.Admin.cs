using Bramble.Fleet.Clients;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Storage.Contract;

namespace Bramble.Fleet;

/// <content>What a person changes. These members write to disk before they return.</content>
public sealed partial class FleetService
{
    /// <summary>Adds a client; a beacon token is made for it if it has none.</summary>
    /// <returns>The client as it was added.</returns>
    /// <exception cref="FleetException">Its name, host name, board, address or an added line is not possible; the message says why.</exception>
    /// <exception cref="IOException">It could not be written; it was not added.</exception>
    public Client AddClient(Client client)
    {
        Client added = client with
        {
            BeaconToken = client.BeaconToken.Length == 0 ? NewToken() : client.BeaconToken,
            Created = client.Created == default ? Now : client.Created,
        };
        Check(added);
        lock (_adminGate)
        {
            lock (_gate)
            {
                _registry.Add(added);
                StateOf(added.Name).Unsaved = false;
            }

            try
            {
                _store.Save(added);
            }
            catch
            {
                lock (_gate)
                {
                    _registry.Remove(added.Name);
                    _clientStates.Remove(added.Name);
                }

                throw;
            }
        }

        lock (_gate)
        {
            // Made now, so that the board need not wait at its first start.
            WantRoot(StateOf(added.Name));
        }

        return added;
    }

    /// <summary>Replaces a client's settings; its name and token stay. A changed image or root kind takes effect at its next boot.</summary>
    /// <exception cref="FleetException">There is no such client, or a setting is not possible.</exception>
    /// <exception cref="IOException">It could not be written; nothing was changed.</exception>
    public Client UpdateClient(string name, Func<Client, Client> change)
    {
        lock (_adminGate)
        {
            Client old;
            Client changed;
            lock (_gate)
            {
                old = _registry.FindClient(name) ?? throw new FleetException($"There is no client named '{name}'.");
                changed = change(old) with { Name = old.Name, BeaconToken = old.BeaconToken, Created = old.Created };

                // Another board is bound when it first boots.
                changed = changed.Board == old.Board ? changed : changed with { Bound = null };
                Check(changed);
                _registry.Update(changed);
            }

            try
            {
                _store.Save(changed);
            }
            catch
            {
                lock (_gate)
                {
                    _registry.Update(old);
                }

                throw;
            }

            lock (_gate)
            {
                ClientState state = StateOf(name);
                state.PrepareRetry.Succeeded();
                state.PrepareTrouble = null;
                state.Notes = default;
            }

            return changed;
        }
    }

    /// <summary>Removes a client from the fleet. Its root stays until storage is told to remove it.</summary>
    /// <returns>False if there is no such client.</returns>
    public bool RemoveClient(string name)
    {
        lock (_adminGate)
        {
            lock (_gate)
            {
                if (!_registry.Remove(name))
                {
                    return false;
                }

                if (_clientStates.Remove(name, out ClientState? removed))
                {
                    _openTo.Remove(removed.Wanted);
                }
            }

            _store.DeleteClient(name);
            _store.DeleteRoot(name);
            return true;
        }
    }

    /// <summary>A client by its name; null if there is none.</summary>
    public Client? FindClient(string name)
    {
        lock (_gate)
        {
            return _registry.FindClient(name);
        }
    }

    /// <summary>All clients, by name.</summary>
    public IReadOnlyList<Client> ListClients()
    {
        lock (_gate)
        {
            return [.. _registry.Clients.OrderBy(static c => c.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>All boards ever seen and not forgotten, last seen first.</summary>
    public IReadOnlyList<Board> ListBoards()
    {
        lock (_gate)
        {
            return [.. _registry.Boards.OrderByDescending(static b => b.LastSeen)];
        }
    }

    /// <summary>Lets a board that was seen boot: it becomes a client when it next asks. Or lets it take the place of the bound board whose name it uses.</summary>
    /// <param name="name">The board's serial or MAC; or the client whose board was replaced.</param>
    /// <exception cref="FleetException">It was never seen, or the client runs on its own board.</exception>
    public Board Approve(string name)
    {
        lock (_adminGate)
        {
            Board approved;
            Client? rebound = null;
            lock (_gate)
            {
                approved = ClaimsMeant(name) is { } claims ? ApproveClaim(name, claims) : ApproveSeen(ParseBoard(name));
                rebound = _registry.FindBound(approved.Mac);
            }

            if (rebound is not null)
            {
                _store.Save(rebound);
            }

            _store.Save(approved);
            return approved;
        }
    }

    private Board ApproveSeen(BoardRef wanted)
    {
        Board found = _registry.FindBoard(wanted)
            ?? throw new FleetException($"Board {wanted} was never seen. Switch it on first, or add a client for it.");
        Board approved = found with { Approved = true };
        _registry.Update(approved);
        return approved;
    }

    /// <summary>Forgets a board that has no client, with its boots: as if it had never been seen.</summary>
    /// <param name="board">Its serial or MAC.</param>
    /// <returns>False if it was never seen.</returns>
    /// <exception cref="FleetException">It has a client.</exception>
    public bool ForgetBoard(string board)
    {
        BoardRef wanted = ParseBoard(board);
        lock (_gate)
        {
            if (_registry.FindBoard(wanted) is not { } found)
            {
                return false;
            }

            if (_registry.ClientOf(found) is { } client)
            {
                throw new FleetException($"Board {wanted} boots as client '{client.Name}': give that another board (bramble client replace), or remove it.");
            }

            _registry.Forget(found.Mac);
            Forgotten(found);
            return true;
        }
    }

    private static BoardRef ParseBoard(string board) =>
        BoardRef.TryParse(board, out BoardRef wanted) ? wanted : throw new FleetException($"'{board}' is no board: give its serial (eight hex digits) or its MAC.");

    /// <summary>Takes new settings; the state folder cannot change while the service runs.</summary>
    public void Reconfigure(FleetOptions options)
    {
        lock (_gate)
        {
            if (options.Mode != _options.Mode)
            {
                string text = options.Mode == FleetMode.Server
                    ? "No other DHCP server answers: this one gives the addresses"
                    : "Another DHCP server gives the addresses: this one adds what a boot needs";
                if (options.Mode == FleetMode.Proxy)
                {
                    _addresses.ForgetGiven();
                }

                Publish(new BootEvent(Now, BootEventKind.Mode, options.ServerName, null, 0, BootStage.Discover, 0, null, text));
            }

            _options = options with { StateFolder = _options.StateFolder };
        }
    }

    private static void Check(Client client)
    {
        ClientName.Check(client.Name);
        if (client.HostName is { } host)
        {
            ClientName.Check(host, "host name");
        }

        if (client.BeaconToken.Length != Beacon.UpBeacon.TokenLength || client.BeaconToken.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            throw new FleetException($"The beacon token of client '{client.Name}' must be 32 lower-case hex digits.");
        }

        if (client.RootKind == RootKind.External)
        {
            try
            {
                ExternalRoot.Parse(client.ExternalRoot ?? "");
            }
            catch (StorageException e)
            {
                throw new FleetException(e.Message);
            }
        }

        foreach (string word in client.CommandLine)
        {
            if (word.Length == 0 || word.AsSpan().ContainsAny("\r\n\0") || BootFiles.CommandLine.Split(word).Count != 1)
            {
                throw new FleetException($"'{word}' is not one word of a kernel command line: give each word by itself, white space only in double quotes.");
            }
        }

        foreach (string line in client.ConfigLines)
        {
            if (line.AsSpan().ContainsAny("\r\n\0"))
            {
                throw new FleetException($"'{line}' is not one line of config.txt.");
            }
        }
    }
}
