using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Bramble.Tests.Bus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bramble.Tests.Serving;

/// <summary>A boot server that hears of imports which others ask the storage service for.</summary>
public sealed class ImportWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PrivateBus _bus = new();
    private readonly FakeStorage _storage = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBusConnection _service = null!;
    private IBusConnection _server = null!;
    private BusLink _link = null!;
    private StorageBusProxy _command = null!;
    private ImportWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _service = _bus.Connect();
        var myself = new BusCallers([PasswdFile.FindUserId(Environment.UserName) ?? 0]);
        var snapshots = new FakeSnapshots();
        await new StorageBusObject(_storage, _storage, snapshots, _storage, _storage, myself, TimeProvider.System, NullLogger.Instance, myself).AttachAsync(_service);
        _link = _bus.Link();
        _command = new StorageBusProxy(_link);
        _watch = new ImportWatch(_time);
        _server = _bus.Connect();
        await _watch.AttachAsync(_server);
        _storage.Import = stop => _goOn.Task.WaitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _link.DisposeAsync();
        await _service.DisposeAsync();
        _bus.Dispose();
    }

    [Fact]
    public async Task An_import_is_followed_and_a_success_forgotten_after_a_minute()
    {
        Task import = _command.AddImageAsync("/run/bramble-media/sda1/raspios.img.xz", null, null, CancellationToken.None);
        ImportStatus runs = await UntilAsync(static i => i.Step == "Copying");
        Assert.Equal(("raspios.img.xz", 5_000_000_000, 6_000_000_000, null), (runs.Name, runs.Done, runs.Total, runs.Ended));
        Assert.Equal("Importing raspios.img.xz: Copying, 83 %", runs.ToString());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Single(_watch.Current());
        _goOn.SetResult();
        await import;
        Assert.Null((await UntilAsync(static i => i.Ended is not null)).Failure);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("raspios.img.xz is imported", Assert.Single(_watch.Current()).ToString());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_watch.Current());
    }

    [Fact]
    public async Task A_failure_is_kept_for_ten_minutes_or_until_the_next_try()
    {
        Task import = _command.AddImageAsync("/boot/a.img", null, null, CancellationToken.None);
        await UntilAsync(static i => i.Step == "Copying");
        _goOn.SetException(new StorageException("The disk is full."));
        await Assert.ThrowsAsync<StorageException>(() => import);
        Assert.Equal("a.img was not imported: The disk is full.", (await UntilAsync(static i => i.Ended is not null)).ToString());
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(_watch.Current());
        _storage.Import = static _ => Task.CompletedTask;
        await _command.AddImageAsync("/boot/a.img", null, null, CancellationToken.None);
        await UntilAsync(static i => i is { Ended: not null, Failure: null });
        Assert.Single(_watch.Current());
    }

    [Fact]
    public async Task What_was_given_up_is_forgotten()
    {
        using var givenUp = new CancellationTokenSource();
        Task import = _command.AddImageAsync("/boot/a.img", null, null, givenUp.Token);
        await UntilAsync(static i => i.Step == "Copying");
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import);
        await NoneAsync();
    }

    [Fact]
    public async Task What_a_service_that_crashed_did_is_forgotten()
    {
        Task import = _command.AddImageAsync("/boot/a.img", null, null, CancellationToken.None);
        await UntilAsync(static i => i.Step == "Copying");
        await _service.DisposeAsync();
        await NoneAsync();
        _goOn.SetResult();
        await Assert.ThrowsAsync<StorageException>(() => import);
    }

    [Fact]
    public async Task Other_work_of_storage_is_no_import()
    {
        await _command.CreateSnapshotAsync("pi-1", null, SnapshotCause.Hand, null, CancellationToken.None);
        _goOn.SetResult();
        await _command.AddImageAsync("/boot/a.img", null, null, CancellationToken.None);
        await UntilAsync(static i => i.Ended is not null);
        Assert.Single(_watch.Current());
    }

    private Task NoneAsync() => WaitAsync(() => _watch.Current().Count == 0);

    private async Task<ImportStatus> UntilAsync(Func<ImportStatus, bool> holds)
    {
        await WaitAsync(() => _watch.Current().Any(holds));
        return _watch.Current().First(holds);
    }

    private async Task WaitAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!holds())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
