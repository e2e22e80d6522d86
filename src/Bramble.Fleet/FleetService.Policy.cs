using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Identity;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Who may boot.</content>
public sealed partial class FleetService
{
    private static readonly TimeSpan s_askImagesEvery = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public BootDecision Decide(in BoardIdentity board, ClientStage stage, Ipv4Address server = default)
    {
        lock (_gate)
        {
            if (stage != ClientStage.Firmware || !board.IsPi)
            {
                return DecideForPayload(board);
            }

            if (_registry.Identify(board, out BoardBinding? bound).IsClaim() && !TryApproveByButton(board, bound!))
            {
                return new BootDecision(BootDisposition.Ignore);
            }

            Board known = Observe(board);
            BoardState state = StateOf(known);
            state.Server = server.IsAny ? state.Server : server;
            Client? client = _registry.ClientOf(known);
            var verdict = EnrolmentRule.Decide(
                _options.EnrolmentPolicy, Now < _windowEnds, IdentityOf(known), stage, client is not null, known.Approved, _enrolled < _options.MaxEnrolled);
            state.Verdict = verdict;
            switch (verdict)
            {
                case EnrolmentVerdict.Boot:
                    return DecideForClient(known, client!);
                case EnrolmentVerdict.Enrol:
                    return Enrol(known) is { } enrolled ? DecideForClient(known, enrolled) : new BootDecision(BootDisposition.Ignore);
                case EnrolmentVerdict.AwaitSerial:
                    // Its bootcode.bin comes from the image that it will get.
                    return new BootDecision(DefaultImage() is not null ? BootDisposition.Serve : WaitForImages());
                default:
                    return new BootDecision(BootDisposition.Ignore);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsReservedForOther(Ipv4Address address, MacAddress mac)
    {
        lock (_gate)
        {
            // An address that the root of a bound client is open to is not given to another machine.
            Client? client = _registry.FindClient(address)
                ?? (_openTo.TryGetValue(address, out string? name) && _registry.FindClient(name) is { Bound: not null } open ? open : null);
            return client is not null
                && !(_registry.FindBoard(mac) is { } board && _registry.ClientOf(board)?.Name == client.Name);
        }
    }

    /// <summary>Opens the enrolment window of the policy <see cref="EnrolmentPolicy.Button"/>, or moves its end.</summary>
    public void OpenEnrolmentWindow(TimeSpan length)
    {
        lock (_gate)
        {
            _windowOpened = Now;
            _windowEnds = Now + length;
        }

        LogWindow(length.TotalMinutes);
    }

    /// <summary>Closes the enrolment window.</summary>
    public void CloseEnrolmentWindow()
    {
        lock (_gate)
        {
            _windowEnds = default;
        }
    }

    private BootDecision DecideForPayload(in BoardIdentity board)
    {
        Client? client = _registry.FindBoard(board.Mac) is { } known ? _registry.ClientOf(known) : null;
        return client is null
            ? new BootDecision(BootDisposition.Ignore)
            : new BootDecision(BootDisposition.Serve, client.EffectiveHostName, client.Address, StateOf(client.Name).UefiBootFile);
    }

    private BootDecision DecideForClient(Board board, Client client)
    {
        ClientState state = StateOf(client.Name);
        bool ready = state.RootForNewBoot(RequestFor(client)) is not null;
        if (!ready)
        {
            WantRoot(state);
        }

        // The boot ROM only takes bootcode.bin, which any image has: that wins the root some time.
        bool romStage = board.Family == PiFamily.Pi3 && board.Serial is null && ImageOf(client) is not null;
        return ready || romStage
            ? new BootDecision(BootDisposition.Serve, client.EffectiveHostName, client.Address)
            : new BootDecision(BootDisposition.Wait, client.EffectiveHostName, client.Address);
    }

    private Client? Enrol(Board board)
    {
        string name = EnrolmentRule.NameFor(IdentityOf(board));
        var client = new Client
        {
            Name = name,
            Board = board.Ref,
            // The image is chosen when the root is made, with the list of images read anew.
            RootKind = _options.DefaultRootKind,
            BeaconToken = NewToken(),
            Created = Now,
        };
        try
        {
            _registry.Add(client);
        }
        catch (FleetException e)
        {
            LogNotEnrolled(board.Ref, e.Message);
            return null;
        }

        _enrolled++;
        StateOf(name).Unsaved = true;
        _registry.Update(board with { Approved = true });
        _unsavedBoards.Add(board.Mac);
        LogEnrolled(name, board.Ref, board.Mac);
        Publish(new BootEvent(Now, BootEventKind.Enrolled, board.Ref.ToString(), name, 0, BootStage.Discover, 0, null, $"Board {board.Ref} is now client {name}"));
        return client;
    }

    private BootDisposition WaitForImages()
    {
        if (Now - _imagesAsked > s_askImagesEvery)
        {
            _imagesAsked = Now;
            _toPrepare.Writer.TryWrite("");
        }

        return BootDisposition.Wait;
    }

    /// <summary>The image of new clients: the configured one, else the newest; null if there is none.</summary>
    private ImageInfo? DefaultImage() => _options.DefaultImage is { } name
        ? _images.FirstOrDefault(i => i.Name == name)
        : _images.MaxBy(static i => i.Imported);

    private ImageInfo? ImageOf(Client client) => client.Image is { } name ? _images.FirstOrDefault(i => i.Name == name) : DefaultImage();

    /// <summary>What storage is asked for on behalf of a client; null while it has no image.</summary>
    private RootRequest? RequestFor(Client client) => client.Image is null
        ? null
        : new RootRequest
        {
            Client = client.Name,
            Image = client.Image,
            Kind = client.RootKind,
            External = client.RootKind == RootKind.External ? client.ExternalRoot : null,
            HostName = client.EffectiveHostName,
            ServerAddress = ServerOf(client).ToString(),
            BeaconPort = _options.BeaconPort,
            BeaconToken = client.BeaconToken,
            Nfs = client.RootKind is RootKind.Nfs or RootKind.Overlay ? client.Nfs ?? _options.NfsFor(client.RootKind) : null,
            TimeServers = _options.TimeServersFor(ServerOf(client)),
        };

    /// <summary>This server's address on the network where the client's board was last.</summary>
    private Ipv4Address ServerOf(Client client) =>
        _registry.BoardOf(client) is { } board && StateOf(board).Server is { IsAny: false } server ? server : _options.Networks[0].Address;

    private static BoardIdentity IdentityOf(Board board) => new(board.Mac, board.Family, board.Serial, board.Revision, board.Model);

    [LoggerMessage(4020, LogLevel.Information, "Board {Board} ({Mac}) enrolled as client {Client}")]
    private partial void LogEnrolled(string client, BoardRef board, Bramble.Linux.Net.MacAddress mac);

    [LoggerMessage(4021, LogLevel.Warning, "Board {Board} could not be enrolled: {Reason}")]
    private partial void LogNotEnrolled(BoardRef board, string reason);

    [LoggerMessage(4022, LogLevel.Information, "New boards are enrolled for {Minutes} minutes")]
    private partial void LogWindow(double minutes);
}
