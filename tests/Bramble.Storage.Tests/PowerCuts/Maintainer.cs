using System.Globalization;
using System.Text;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Rollouts;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;
using Bramble.Storage.Tests.Support;
using Bramble.Tftp.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// Somebody who rolls images out to two clients, again and again, one after the other; every other rollout is stopped halfway and taken back. The fleet's own
/// records lie on the disk that loses its power. Boards are played: they ask by DHCP, and their systems say that they are up.
/// </summary>
internal sealed class Maintainer(Box box, World world) : IBootFolderReader, INeighbours, IRootConnections
{
    private const int KeptSnapshots = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly Ipv4Address s_server = Ipv4Address.Parse("192.168.7.1");
    private static readonly BoardIdentity[] s_boards = [Board(1), Board(2)];
    private static readonly string[] s_images = [Staff.Image, Staff.NextImage];

    private FleetService? _fleet;
    private StorageService? _storage;
    private (DateTimeOffset Started, string Image)? _certain;
    private string? _asked;
    private int _begun;

    /// <summary>Rollouts that came to an end.</summary>
    public int Ended { get; private set; }

    /// <summary>What is under way; null if nothing is.</summary>
    public string? UnderWay => _fleet?.GetRollout() is { } rollout && !IsOver(rollout) ? string.Join(' ', rollout.Clients.Select(static client => $"{client.Name} {client.Phase}")) : null;

    private FleetService Fleet => _fleet ?? throw new InvalidOperationException("No power.");

    /// <summary>The server starts.</summary>
    public async Task StartAsync(StorageService storage)
    {
        FleetOptions options = new() { Networks = [new ServerNetwork(s_server, Ipv4Subnet.Of(s_server, 24))], StateFolder = $"{box.Data}/fleet", DefaultImage = Staff.Image };
        _storage = storage;
        _fleet = new FleetService(options, storage, this, this, new StillTime(), NullLogger.Instance, this, storage);
        await _fleet.StartAsync(CancellationToken.None);
    }

    /// <summary>The server ends.</summary>
    public async Task StopAsync()
    {
        await Fleet.DisposeAsync();
        _fleet = null;
    }

    /// <summary>The boards are plugged in for the first time.</summary>
    public async Task MoveInAsync()
    {
        foreach (BoardIdentity board in s_boards)
            await MayBootAsync(board, static () => false);
        Fleet.Flush();
    }

    /// <summary>One step of a rollout, or the beginning of the next one.</summary>
    /// <param name="isDark">The power is gone.</param>
    /// <param name="acknowledge">Called for what was acknowledged; throws without power.</param>
    public async Task WorkAsync(Func<bool> isDark, Action acknowledge)
    {
        if (Fleet.GetRollout() is not { } rollout || IsOver(rollout))
        {
            await TidyAsync();
            string image = s_images.First(one => one != world.Roots.Find(NameOf(s_boards[0]))!.Image);
            // As the command does: a server that has just started has not asked storage yet.
            await Fleet.RefreshImagesAsync(CancellationToken.None);
            _asked = image;
            Rollout begun = Fleet.StartRollout(new RolloutOrder { Image = image });
            acknowledge();
            (_certain, _asked) = ((begun.Started, image), null);
            _begun++;
            return;
        }

        await Fleet.TurnRolloutAsync(CancellationToken.None);
        rollout = Fleet.GetRollout()!;
        if (rollout.State == RolloutState.Running && rollout.Clients[0].Phase == RolloutPhase.Up && _begun % 2 == 0)
        {
            Fleet.StopRollout(back: true);
            return;
        }

        // One that was booting when the power failed is switched on again.
        foreach (RolloutClient client in rollout.Clients.Where(static client => client.Phase is RolloutPhase.Changed or RolloutPhase.Booting))
            await BootAsync(s_boards.First(board => NameOf(board) == client.Name), isDark);
        if (IsOver(Fleet.GetRollout()!))
        {
            AssertEnd(Fleet.GetRollout()!);
            acknowledge();
            Ended++;
        }
    }

    /// <summary>After a power cut: the rollout is there, and each client has the image that the rollout says it has.</summary>
    public async Task AssertAllIsThereAsync(string when)
    {
        Rollout? found = Fleet.GetRollout();
        Assert.True(
            _certain is null ? found is null || found.Order.Image == _asked : found is not null && (found.Started >= _certain.Value.Started) && (found.Order.Image == _certain.Value.Image || found.Order.Image == _asked),
            $"{when}: a rollout of {_certain?.Image} was begun, of {_asked} perhaps; there is one of {found?.Order.Image} of {found?.Started:O}");
        (_certain, _asked) = (found is null ? null : (found.Started, found.Order.Image), null);
        foreach (RolloutClient client in found?.Clients ?? [])
        {
            string now = world.Roots.Find(client.Name)!.Image;
            string?[] right = client.Phase switch
            {
                RolloutPhase.Waiting or RolloutPhase.Returned => [client.From],
                RolloutPhase.Changed or RolloutPhase.Booting or RolloutPhase.Up => [found!.Order.Image],
                RolloutPhase.Changing or RolloutPhase.Returning => [client.From, found!.Order.Image],
                _ => [],
            };
            Assert.True(right.Contains(now), $"{when}: {client.Name} is {client.Phase} {client.Problem} on its way from {client.From} to {found!.Order.Image}, and has {now}");
            if (client.Phase is RolloutPhase.Changed or RolloutPhase.Booting or RolloutPhase.Up && !IsOver(found!))
                Assert.True(world.Roots.States(client.Name).Any(state => state.Snapshot == client.Kept), $"{when}: {client.Name} cannot go back to {client.Kept}");
            Assert.StartsWith($"client {client.Name}: {Staff.OfImage(now)}", (await world.SeeAsync(_storage!, client.Name))[0], StringComparison.Ordinal);
        }
    }

    /// <summary>What was interrupted comes to its end.</summary>
    public async Task FinishAsync()
    {
        int before = Ended;
        for (int step = 0; Ended == before; step++)
        {
            Assert.True(step < 100, $"the rollout does not end: {UnderWay}");
            await WorkAsync(static () => false, static () => { });
        }
    }

    public TftpOpenResult Open(string folder, string relativePath) => TftpOpenResult.NotFound;

    public bool TryFind(Ipv4Address address, out MacAddress mac)
    {
        int board = Array.FindIndex(s_boards, b => AddressOf(b) == address);
        mac = board < 0 ? default : s_boards[board].Mac;
        return board >= 0;
    }

    public IReadOnlyList<TcpConnection> Read() => [];

    private void AssertEnd(Rollout rollout)
    {
        Assert.True(rollout.State is RolloutState.Done or RolloutState.RolledBack, $"the rollout is {rollout.State}: {rollout.Reason}");
        Assert.All(rollout.Clients, client => Assert.Equal(rollout.State == RolloutState.Done ? rollout.Order.Image : client.From, world.Roots.Find(client.Name)!.Image));
    }

    /// <summary>A board is switched on, and its system comes up.</summary>
    private async Task BootAsync(BoardIdentity board, Func<bool> isDark)
    {
        await MayBootAsync(board, isDark);
        Fleet.OnDhcp(new DhcpEvent(DateTimeOffset.UtcNow, DhcpEventKind.Discover, board, ClientStage.Firmware, default, s_server, 1));
        await Fleet.TurnRolloutAsync(CancellationToken.None);
        Client client = Fleet.FindClient(NameOf(board))!;
        Assert.NotNull(Fleet.OnBeacon(AddressOf(board), Encoding.ASCII.GetBytes($"bramble-up 1 {client.Name} {client.BeaconToken} {Guid.NewGuid():D}\n")));
    }

    private async Task MayBootAsync(BoardIdentity board, Func<bool> isDark)
    {
        for (DateTime end = DateTime.UtcNow + s_patience; Fleet.Decide(board, ClientStage.Firmware).Disposition != BootDisposition.Serve; await Task.Delay(10))
        {
            if (isDark())
                throw new InvalidOperationException("No power.");
            Assert.True(DateTime.UtcNow < end, $"{NameOf(board)} may not boot");
        }
    }

    /// <summary>What older rollouts have kept is removed.</summary>
    private async Task TidyAsync()
    {
        foreach (string client in s_boards.Select(NameOf))
        {
            foreach (SnapshotInfo old in (await _storage!.ListSnapshotsAsync(client, CancellationToken.None)).SkipLast(KeptSnapshots))
                await _storage.RemoveSnapshotAsync(client, old.Name, CancellationToken.None);
        }
    }

    private static bool IsOver(Rollout rollout) => rollout.State is not (RolloutState.Running or RolloutState.RollingBack);

    private static Ipv4Address AddressOf(BoardIdentity board) => Ipv4Address.Parse($"192.168.7.{10 + Array.IndexOf(s_boards, board)}");

    private static string NameOf(BoardIdentity board) => $"pi-{board.Serial}";

    private static BoardIdentity Board(int number)
    {
        string digits = number.ToString("x4", CultureInfo.InvariantCulture);
        Assert.True(MacAddress.TryParse($"dc:a6:32:00:{digits[..2]}:{digits[2..]}", out MacAddress mac));
        Assert.True(BoardSerial.TryParse($"f000{digits}", out BoardSerial serial));
        return new BoardIdentity(mac, PiFamily.Pi4, serial, 0xd03114, PiModel.Pi4B);
    }

    /// <summary>A clock that goes and rings for nobody: the rollout moves when the maintainer looks at it.</summary>
    private sealed class StillTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
