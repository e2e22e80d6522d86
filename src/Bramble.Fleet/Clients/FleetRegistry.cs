using Bramble.Dhcp.Boards;
using Bramble.Fleet.Identity;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Clients;

/// <summary>Clients and boards in memory. Not safe for threads: its owner holds a lock.</summary>
internal sealed class FleetRegistry
{
    private static readonly TimeSpan s_lastSeenGrain = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<BoardSerial, string> _bySerial = [];
    private readonly Dictionary<MacAddress, string> _byMac = [];
    private readonly Dictionary<MacAddress, string> _byBoundMac = [];
    private readonly Dictionary<BoardSerial, string> _byBoundSerial = [];
    private readonly Dictionary<Ipv4Address, string> _byAddress = [];
    private readonly Dictionary<MacAddress, Board> _boards = [];
    private readonly Dictionary<BoardSerial, MacAddress> _macOfSerial = [];

    public IReadOnlyCollection<Client> Clients => _clients.Values;

    public IReadOnlyCollection<Board> Boards => _boards.Values;

    public Client? FindClient(string name) => _clients.GetValueOrDefault(name);

    /// <summary>The client that an address is fixed for.</summary>
    public Client? FindClient(Ipv4Address address) => _byAddress.TryGetValue(address, out string? name) ? _clients[name] : null;

    public Board? FindBoard(MacAddress mac) => _boards.GetValueOrDefault(mac);

    public Board? FindBoard(BoardSerial serial) => _macOfSerial.TryGetValue(serial, out MacAddress mac) ? _boards[mac] : null;

    public Board? FindBoard(BoardRef board) => board.Serial is { } serial ? FindBoard(serial) : FindBoard(board.Mac);

    /// <summary>The client that a board is bound to by its MAC address.</summary>
    public Client? FindBound(MacAddress mac) => _byBoundMac.TryGetValue(mac, out string? name) ? _clients[name] : null;

    /// <summary>Compares a message of firmware with the boards that are bound, and with those that a person approved and that have no client yet.</summary>
    /// <param name="seen">The message's view.</param>
    /// <param name="bound">The bound board whose name it uses; null for none.</param>
    public IdentityOutcome Identify(in BoardIdentity seen, out BoardBinding? bound)
    {
        BoardBinding? ofMac = FindBound(seen.Mac)?.Bound ?? BindingOf(FindBoard(seen.Mac));
        BoardBinding? ofSerial = seen.Serial is { } serial ? FindBinding(serial) : null;
        IdentityOutcome outcome = BoardIdentityRule.Decide(ofMac, ofSerial, seen.Mac, seen.Serial);
        bound = outcome switch
        {
            IdentityOutcome.Free => null,
            IdentityOutcome.SerialFromOtherMac => ofSerial,
            _ => ofMac ?? ofSerial,
        };
        return outcome;
    }

    /// <summary>Binds a client to the board that boots as it.</summary>
    /// <returns>The client with it.</returns>
    public Client Bind(Client client, BoardBinding bound)
    {
        Client changed = client with { Bound = bound };
        Unbind(client);
        Put(changed);
        return changed;
    }

    /// <summary>The board bound to a client, if it was ever seen.</summary>
    public Board? BoardOf(Client client)
    {
        if (client.Bound is { } bound)
        {
            return FindBoard(bound.Mac);
        }

        if (client.Board is not { } wanted)
        {
            return null;
        }

        if (FindBoard(wanted) is { } board)
        {
            return board;
        }

        return wanted.Serial is { } serial ? _boards.Values.FirstOrDefault(b => b.Serial is null && Board.MacFitsSerial(b.Mac, serial)) : null;
    }

    /// <summary>
    /// The client that a board boots as. A Pi 3 whose boot ROM has not said its serial is known by its MAC,
    /// which holds 24 of the serial's bits, where exactly one client's serial fits.
    /// </summary>
    public Client? ClientOf(Board board)
    {
        if (FindBound(board.Mac) is { } bound)
        {
            return bound.Bound!.Serial is { } its && board.Serial is { } other && its != other ? null : bound;
        }

        if (board.Serial is { } serial && (_bySerial.TryGetValue(serial, out string? name) || _byBoundSerial.TryGetValue(serial, out name)))
        {
            return Unbound(name);
        }

        if (_byMac.TryGetValue(board.Mac, out name))
        {
            return Unbound(name);
        }

        if (board.Serial is not null)
        {
            return null;
        }

        string? only = null;
        foreach ((BoardSerial known, string owner) in _bySerial)
        {
            if (Board.MacFitsSerial(board.Mac, known) && Unbound(owner) is not null)
            {
                if (only is not null)
                {
                    return null;
                }

                only = owner;
            }
        }

        return only is null ? null : _clients[only];
    }

    /// <summary>Adds a client.</summary>
    /// <exception cref="FleetException">Its name or its board is taken, or its fixed address.</exception>
    public void Add(Client client)
    {
        ClientName.Check(client.Name);
        if (_clients.ContainsKey(client.Name))
        {
            throw new FleetException($"There is already a client named '{client.Name}'. Choose another name, or change that client.");
        }

        CheckFree(client);
        Put(client);
    }

    /// <summary>Replaces a client of the same name.</summary>
    /// <exception cref="FleetException">There is none, or the new board or address is taken.</exception>
    public void Update(Client client)
    {
        if (!_clients.TryGetValue(client.Name, out Client? old))
        {
            throw new FleetException($"There is no client named '{client.Name}'.");
        }

        CheckFree(client);
        Unbind(old);
        Put(client);
    }

    /// <summary>Removes a client; false if there is none.</summary>
    public bool Remove(string name)
    {
        if (!_clients.Remove(name, out Client? old))
        {
            return false;
        }

        Unbind(old);
        return true;
    }

    /// <summary>Puts a loaded board in.</summary>
    public void Load(Board board) => Put(board);

    /// <summary>Takes in what a message told about its board.</summary>
    /// <param name="seen">The message's view.</param>
    /// <param name="now">The time.</param>
    /// <param name="former">The name that the board's files had until now, if it got another one.</param>
    /// <param name="changed">The record differs from what it was, or its last-seen time moved on noticeably.</param>
    public Board Observe(in BoardIdentity seen, DateTimeOffset now, out BoardRef? former, out bool changed)
    {
        former = null;
        Board? old = seen.Serial is { } serial ? FindBoard(serial) : null;
        if (old is not null && old.Mac != seen.Mac)
        {
            // The EEPROM setting MAC_ADDRESS gives a board another MAC; the serial says that it is the same one.
            _boards.Remove(old.Mac);
        }

        if (old is null && FindBoard(seen.Mac) is { } sameMac && (sameMac.Serial is null || seen.Serial is null || sameMac.Serial == seen.Serial))
        {
            old = sameMac;
        }

        if (old is null)
        {
            Forget(seen.Mac);
            var board = new Board
            {
                Mac = seen.Mac,
                Serial = seen.Serial,
                Revision = seen.RevisionCode,
                Model = seen.Model,
                Family = seen.Family,
                FirstSeen = now,
                LastSeen = now,
            };
            Put(board);
            changed = true;
            return board;
        }

        Board current = old with
        {
            Mac = seen.Mac,
            Serial = old.Serial ?? seen.Serial,
            Revision = seen.RevisionCode ?? old.Revision,
            Model = seen.Model != PiModel.Unknown ? seen.Model : old.Model,
            Family = seen.Family != PiFamily.None ? seen.Family : old.Family,
        };
        changed = current != old;
        if (changed || now - old.LastSeen >= s_lastSeenGrain)
        {
            changed = true;
            current = current with { LastSeen = now };
            Put(current);
        }

        if (current.Ref.FileName != old.Ref.FileName)
        {
            former = old.Ref;
        }

        return current;
    }

    /// <summary>Replaces a board's record.</summary>
    public void Update(Board board) => Put(board);

    /// <summary>Forgets boards that have no client and that no person approved, those that were silent longest first.</summary>
    /// <returns>The forgotten ones; fewer than <paramref name="count"/> if there are not as many.</returns>
    public IReadOnlyList<Board> ForgetOldest(int count)
    {
        Board[] oldest = [.. _boards.Values.Where(b => !b.Approved && ClientOf(b) is null).OrderBy(static b => b.LastSeen).Take(count)];
        foreach (Board board in oldest)
        {
            Forget(board.Mac);
        }

        return oldest;
    }

    /// <summary>Forgets a board.</summary>
    public void Forget(MacAddress mac)
    {
        if (_boards.Remove(mac, out Board? old) && old.Serial is { } serial)
        {
            _macOfSerial.Remove(serial);
        }
    }

    /// <summary>The client of that name if no board is bound to it yet: the first one that boots with the right name will be.</summary>
    private Client? Unbound(string name) => _clients[name] is { Bound: null } client ? client : null;

    private BoardBinding? FindBinding(BoardSerial serial)
    {
        BoardBinding? ofClient = _byBoundSerial.TryGetValue(serial, out string? name) || _bySerial.TryGetValue(serial, out name) ? _clients[name].Bound : null;
        return ofClient ?? BindingOf(FindBoard(serial));
    }

    /// <summary>What a person approved is one board, not everything that says its serial.</summary>
    private BoardBinding? BindingOf(Board? board) => board is { Approved: true } && ClientOf(board) is null ? new BoardBinding(board.Mac, board.Serial) : null;

    private void Put(Board board)
    {
        if (_boards.TryGetValue(board.Mac, out Board? old) && old.Serial is { } former && former != board.Serial)
        {
            _macOfSerial.Remove(former);
        }

        _boards[board.Mac] = board;
        if (board.Serial is { } serial)
        {
            _macOfSerial[serial] = board.Mac;
        }
    }

    private void Put(Client client)
    {
        if (client.Address is { } address)
        {
            _byAddress[address] = client.Name;
        }

        _clients[client.Name] = client;
        if (client.Bound is { } bound)
        {
            _byBoundMac[bound.Mac] = client.Name;
            if (bound.Serial is { } its)
            {
                _byBoundSerial[its] = client.Name;
            }
        }

        if (client.Board is { Serial: { } serial })
        {
            _bySerial[serial] = client.Name;
        }
        else if (client.Board is { } board)
        {
            _byMac[board.Mac] = client.Name;
        }
    }

    private void Unbind(Client client)
    {
        if (client.Address is { } address)
        {
            _byAddress.Remove(address);
        }

        if (client.Bound is { } bound)
        {
            _byBoundMac.Remove(bound.Mac);
            if (bound.Serial is { } its)
            {
                _byBoundSerial.Remove(its);
            }
        }

        if (client.Board is { Serial: { } serial })
        {
            _bySerial.Remove(serial);
        }
        else if (client.Board is { } board)
        {
            _byMac.Remove(board.Mac);
        }
    }

    private void CheckFree(Client client)
    {
        if (client.Board is { } board)
        {
            string? owner = board.Serial is { } serial ? _bySerial.GetValueOrDefault(serial) : _byMac.GetValueOrDefault(board.Mac);
            owner ??= board.Serial is { } bySerial ? _byBoundSerial.GetValueOrDefault(bySerial) : _byBoundMac.GetValueOrDefault(board.Mac);
            if (owner is null && FindBoard(board) is { } seen)
            {
                owner = ClientOf(seen)?.Name;
            }

            if (owner is not null && owner != client.Name)
            {
                throw new FleetException($"Board {board} already boots as client '{owner}'. Release it there first.");
            }
        }

        if (client.Bound is { } bound)
        {
            string? holder = _byBoundMac.GetValueOrDefault(bound.Mac) ?? (bound.Serial is { } its ? _byBoundSerial.GetValueOrDefault(its) : null);
            if (holder is not null && holder != client.Name)
            {
                throw new FleetException($"Board {bound} already boots as client '{holder}'. Release it there first.");
            }
        }

        if (client.Address is { } address && FindClient(address) is { } other && other.Name != client.Name)
        {
            throw new FleetException($"Address {address} is already fixed for client '{other.Name}'.");
        }
    }
}
