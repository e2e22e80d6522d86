using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Fleet.Status;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet;

/// <content>What is shown.</content>
public sealed partial class FleetService
{
    /// <summary>The fleet at this moment.</summary>
    public FleetStatus GetStatus()
    {
        lock (_gate)
        {
            DateTimeOffset now = Now;
            var clients = new List<ClientStatus>(_registry.Clients.Count);
            var bound = new HashSet<MacAddress>();
            foreach (Client client in _registry.Clients.OrderBy(static c => c.Name, StringComparer.Ordinal))
            {
                Board? board = _registry.BoardOf(client);
                if (board is not null)
                {
                    bound.Add(board.Mac);
                }

                clients.Add(StatusOf(client, board, now));
            }

            BoardStatus[] unassigned =
            [
                .. _registry.Boards.Where(b => !bound.Contains(b.Mac)).OrderByDescending(static b => b.LastSeen).Select(b => StatusOf(b, now)),
            ];
            return new FleetStatus
            {
                Time = now,
                Server = new ServerStatus(
                    _options.ServerName,
                    string.Join(", ", _options.Networks.Select(static n => n.Address)),
                    _options.Mode == FleetMode.Proxy ? "proxy" : "server",
                    _options.EnrolmentPolicy switch { EnrolmentPolicy.Open => "open", EnrolmentPolicy.Button => "button", _ => "list" },
                    _windowEnds > now ? _windowEnds : null)
                {
                    ChecksAddress = !_options.RelaxedAddressCheck,
                },
                Counts = new FleetCounts(Count(clients, "up"), Count(clients, "booting"), Count(clients, "stuck"), Count(clients, "idle"), unassigned.Length)
                {
                    Silent = Count(clients, "silent"),
                },
                Images = [.. _images.OrderBy(static i => i.Name, StringComparer.Ordinal).Select(i => new ImageStatus(
                    i.Name, i.Distribution, i.SizeBytes, _registry.Clients.Count(c => c.Image == i.Name)))],
                Clients = clients,
                Unassigned = unassigned,
                Faults = [.. _options.BoxFaults, .. JudgeServer(now)],
            };
        }
    }

    /// <summary>Clients, boards without one, and images, by name alone.</summary>
    public FleetNames GetNames()
    {
        lock (_gate)
        {
            return new FleetNames(
                [.. _registry.Clients.Select(static c => c.Name).Order(StringComparer.Ordinal)],
                [.. _registry.Boards.Where(b => _registry.ClientOf(b) is null).OrderByDescending(static b => b.LastSeen).Select(static b => b.Ref.ToString())],
                [.. _images.Select(static i => i.Name).Order(StringComparer.Ordinal)]);
        }
    }

    /// <summary>The kept boots of a client or board, last first; empty if there is none.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    public IReadOnlyList<BootStatus> GetBoots(string name)
    {
        lock (_gate)
        {
            DateTimeOffset now = Now;
            return FindBoots(name) is { } boots ? [.. boots.Boots.Reverse().Select(b => StatusMaker.Of(b, now))] : [];
        }
    }

    /// <summary>The files of one boot, in the order of their first request; empty if there is none.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    /// <param name="number">The boot's number.</param>
    public IReadOnlyList<BootFileStatus> GetBootFiles(string name, int number)
    {
        lock (_gate)
        {
            return FindBoots(name)?.Boots.FirstOrDefault(b => b.Number == number) is { } boot ? [.. boot.Files.Select(StatusMaker.Of)] : [];
        }
    }

    /// <summary>The files of the present or last boot, in the order of their first request; empty if there is none.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    public IReadOnlyList<BootFileStatus> GetBootFiles(string name)
    {
        lock (_gate)
        {
            return FindBoots(name)?.Current is { } boot ? [.. boot.Files.Select(StatusMaker.Of)] : [];
        }
    }

    private BoardBoots? FindBoots(string name)
    {
        Board? board = FindBoardOf(name);
        return board is not null && _boardStates.TryGetValue(board.Mac, out BoardState? state) ? state.Boots : null;
    }

    private ClientStatus StatusOf(Client client, Board? board, DateTimeOffset now)
    {
        ClientState state = StateOf(client.Name);
        Boot? boot = board is null ? null : StateOf(board).Boots.Current;
        Fault? fault = FaultJudge.Judge(ContextOf(board, client, now));
        ClientRoot? root = state.RootFor(RequestFor(client));
        Ipv4Address? address = boot is { Address.IsAny: false } ? boot.Address : client.Address;
        return new ClientStatus
        {
            Name = client.Name,
            State = IsSilent(state, boot) ? "silent" : StateName(boot, fault, state.Preparing, now),
            Board = board?.Ref.ToString() ?? client.Board?.ToString(),
            Mac = board?.Mac.ToString(),
            Model = board is null ? null : StatusMaker.NameOf(board.Model, board.Family),
            MemoryMiB = board?.MemoryMiB,
            Address = address?.ToString(),
            HostName = client.EffectiveHostName,
            Image = client.Image,
            Root = client.RootKind.ToString().ToLowerInvariant(),
            Nfs = root?.NfsVersion,
            RootState = root is not null ? "ready" : state.Preparing ? "preparing" : state.PrepareTrouble is not null ? "failed" : "none",
            Tags = client.Tags,
            Boot = boot is null ? null
                : SilenceOf(state, boot) is { } silence ? StatusMaker.Of(boot, now) with { SilentSeconds = Math.Round(silence.TotalSeconds, 3) }
                : StatusMaker.Of(boot, now),
            Fault = fault,
        };
    }

    private BoardStatus StatusOf(Board board, DateTimeOffset now)
    {
        Boot? boot = StateOf(board).Boots.Current;
        return new BoardStatus
        {
            Board = board.Ref.ToString(),
            Mac = board.Mac.ToString(),
            Model = StatusMaker.NameOf(board.Model, board.Family),
            MemoryMiB = board.MemoryMiB,
            FirstSeen = board.FirstSeen,
            LastSeen = board.LastSeen,
            Boot = boot is null ? null : StatusMaker.Of(boot, now),
            Fault = FaultJudge.Judge(ContextOf(board, null, now)),
        };
    }

    private string StateName(Boot? boot, Fault? fault, bool preparing, DateTimeOffset now)
    {
        if (boot is { Stage: BootStage.Up })
        {
            return "up";
        }

        if (boot is null || now - boot.LastEvent > _options.Bounds.Silent)
        {
            return "idle";
        }

        bool waiting = preparing && boot.Stage == BootStage.Discover;
        return fault is not null || (_options.Bounds.IsStuck(boot, now) && !waiting) ? "stuck" : "booting";
    }

    private FaultContext ContextOf(Board? board, Client? client, DateTimeOffset now)
    {
        ClientState? state = client is null ? null : StateOf(client.Name);
        BoardState? seen = board is null ? null : StateOf(board);
        ClientRoot? root = state?.Prepared?.Root;
        var context = new FaultContext
        {
            Now = now,
            Options = _options,
            Board = board,
            Client = client,
            Boots = seen?.Boots,
            Claims = client?.Bound is { } bound ? _claims.To(bound.Mac, now) : board is { Approved: true } && client is null ? _claims.To(board.Mac, now) : [],
            Silence = client is null ? null : SilenceOf(client),
            Verdict = seen?.Verdict ?? EnrolmentVerdict.None,
            Preparing = state?.Preparing ?? false,
            RootTrouble = state?.Trouble ?? NoImageFor(board, seen),
            RootText = root is null ? null : root.TargetName ?? $"{ServerOf(client!)}:{root.RootFolder}",
            Server = seen is { Server.IsAny: false } ? seen.Server : _options.Networks[0].Address,
            Kernels = state?.Config.Kernels ?? [],
            Notes = state?.Notes ?? default,
        };
        return WithSeen(context, board, seen);
    }

    /// <summary>A Pi 3 that waits for bootcode.bin has no client yet that could carry the fault.</summary>
    private Fault? NoImageFor(Board? board, BoardState? seen) =>
        board is not null && seen is { Verdict: EnrolmentVerdict.AwaitSerial } && _imagesKnown && DefaultImage() is null
            ? NoImage($"Board {board.Ref}") with { Since = seen.Boots.Current?.Started ?? board.FirstSeen }
            : null;

    private static int Count(List<ClientStatus> clients, string state) => clients.Count(c => c.State == state);
}
