using Bramble.Dhcp.Boards;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Service;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet;

/// <content>Which files a board may read.</content>
public sealed partial class FleetService
{
    private const string BootRomFile = "bootcode.bin";

    /// <inheritdoc/>
    public TftpOpenResult Open(Ipv4Address client, string path)
    {
        BootPath asked = BootPath.Parse(path);
        if (!TryFindBoard(client, asked, out Board? board, out bool isProven))
        {
            return TftpOpenResult.Denied;
        }

        return board is null ? TftpOpenResult.NotFound : OpenFor(board, client, asked.Rest, isProven);
    }

    /// <summary>Finds who asks. False if the path names another board than the one that has the address.</summary>
    /// <param name="client">The address.</param>
    /// <param name="asked">What it asks for.</param>
    /// <param name="board">The board; null for an address that no board is known to have.</param>
    /// <param name="isProven">The board is known to have the address, by more than its word: its root may be opened to it.</param>
    private bool TryFindBoard(Ipv4Address client, BootPath asked, out Board? board, out bool isProven)
    {
        MacAddress mac;
        bool isNamed;
        lock (_gate)
        {
            board = _addresses.TryFind(client, out mac, Now, out isProven) ? _registry.FindBoard(mac) : null;

            // Whoever is not on a served network is not in the neighbour table: its relay agent's word counts.
            isProven |= board is not null && !IsOnLink(client);
            isNamed = isProven || TryFindHolder(client, out _);
            if (isProven && board is not null && Agrees(board, asked))
            {
                board = LearnSerial(board, asked);
                return true;
            }
        }

        // Not given by DHCP here, or the address went to another board since: the neighbour table is the last word. It is read outside of the lock.
        isProven = false;
        if (!_neighbours.TryFind(client, out mac))
        {
            if (isNamed && board is not null && Agrees(board, asked))
            {
                // It was in the table before, and nobody else is now.
                return true;
            }
        }
        else
        {
            lock (_gate)
            {
                if (_registry.FindBoard(mac) is { } neighbour && Agrees(neighbour, asked))
                {
                    board = LearnSerial(neighbour, asked);
                    isProven = _addresses.Note(client, mac, AddressProof.Shown, Now);
                    return true;
                }
            }
        }

        lock (_gate)
        {
            if (_options.RelaxedAddressCheck && asked.HasPrefix)
            {
                isProven = true;
                board = asked.Serial is { } serial ? _registry.FindBoard(serial) : _registry.FindBoard(asked.Mac!.Value);
                return true;
            }
        }

        // Either the path names another board, or only a message said whose the address is: neither gives anybody a board's files.
        board = isNamed ? board : null;
        return board is null && !asked.HasPrefix;
    }

    /// <summary>A Pi 3 that has not said its serial in DHCP says it in the first path.</summary>
    private Board LearnSerial(Board board, BootPath asked)
    {
        if (board.Serial is not null || asked.Serial is null)
        {
            return board;
        }

        BoardIdentity seen = IdentityOf(board) with { Serial = asked.Serial };
        return NoteIfClaim(seen, isDiscover: false) ? board : Observe(seen);
    }

    private static bool Agrees(Board board, BootPath asked)
    {
        if (asked.Mac is { } mac)
        {
            return mac == board.Mac;
        }

        if (asked.Serial is { } serial)
        {
            // A Pi 3 that has not said its serial in DHCP says it here; its MAC holds three of the four bytes.
            return board.Serial is { } known ? known == serial : Board.MacFitsSerial(board.Mac, serial);
        }

        return true;
    }

    private TftpOpenResult OpenFor(Board board, Ipv4Address address, string path, bool isProven)
    {
        Client? client;
        ClientRoot? root;
        ImageInfo? image;
        ConfigText config;
        Ipv4Address server;
        bool enrolling;
        lock (_gate)
        {
            client = _registry.ClientOf(board);
            server = StateOf(board).Server = _options.ServerFor(address);
            ClientState? state = client is null ? null : StateOf(client.Name);
            root = client is null ? null : state!.RootFor(RequestFor(client));
            config = state?.Config ?? ConfigText.Empty;
            image = client is null ? DefaultImage() : ImageOf(client);
            enrolling = StateOf(board).Verdict == EnrolmentVerdict.AwaitSerial;
            if (isProven)
            {
                OpenRoot(board, address, mayBind: true);
            }
        }

        if (client is not null && root is not null)
        {
            TftpOpenResult result = _files.Open(client, root, server, path, config, out BootFileNotes notes);
            Note(client, notes);
            return result;
        }

        bool fromImage = path == BootRomFile && board.Family == PiFamily.Pi3 && image is not null && (client is not null || enrolling);
        return fromImage ? _files.OpenPlain(image!.BootFolder, path) : TftpOpenResult.NotFound;
    }

    private void Note(Client client, BootFileNotes notes)
    {
        if (notes == default)
        {
            return;
        }

        lock (_gate)
        {
            ClientState state = StateOf(client.Name);
            if (notes.Config is { } config)
            {
                state.Config = config;
                state.Notes = state.Notes with { ConfigBytes = notes.ConfigBytes };
            }
            else if (notes.IsCommandLine)
            {
                state.Notes = state.Notes with { CommandLineBytes = notes.CommandLineBytes };
            }
        }
    }
}
