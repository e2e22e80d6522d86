using System.Threading.Channels;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Bramble.Tests.Bus;

public sealed class StorageBusTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken s_never = CancellationToken.None;

    private readonly PrivateBus _bus = new();
    private readonly FakeStorage _storage = new();
    private readonly FakeSnapshots _snapshots = new();
    private IBusConnection _service = null!;
    private StorageBusObject _object = null!;
    private BusLink _link = null!;
    private StorageBusProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _service = _bus.Connect();
        _object = new StorageBusObject(_storage, _storage, _snapshots, _storage, _storage, Myself, TimeProvider.System, NullLogger.Instance, Myself);
        await _object.AttachAsync(_service);
        _link = _bus.Link();
        _proxy = new StorageBusProxy(_link);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _service.DisposeAsync();
        _bus.Dispose();
    }

    private static BusCallers Myself => new([PasswdFile.FindUserId(Environment.UserName) ?? 0]);

    [Fact]
    public async Task Edits_are_listed_and_switched_behind_the_proxy_and_a_missing_root_is_known_by_its_code()
    {
        Assert.Equivalent(FakeStorage.Image, await _proxy.SwitchEditsAsync("pi", ["swap", "zram"], ["time"], null, s_never), strict: true);
        Assert.Equal(FakeStorage.Image.Edits, await _proxy.ListEditsAsync("pi-1", s_never));
        Assert.Equal(["switch pi -swap,zram +time"], _storage.Asked);
        StorageException none = await Assert.ThrowsAsync<StorageException>(() => _proxy.ListEditsAsync("nobody", s_never));
        Assert.Equal((StorageException.NoRoot, "There is no root of nobody."), (none.Code, none.Message));
        StorageException other = await Assert.ThrowsAsync<StorageException>(() => _proxy.RemoveImageAsync("used", s_never));
        Assert.Equal("", other.Code);
    }

    [Fact]
    public async Task The_use_of_the_disk_is_the_same_behind_the_proxy()
    {
        StorageUsage usage = await _proxy.MeasureAsync(s_never);
        Assert.Equivalent(await _storage.MeasureAsync(s_never), usage, strict: true);
        Assert.Equal(7L << 30, usage.PromisedBytes);
    }

    [Fact]
    public async Task A_copy_of_an_image_is_changed_by_the_caller_who_may_give_up()
    {
        string? seen = null;
        ImageInfo made = await _proxy.PrepareImageAsync("pi", "pi@iscsi", [RootKind.Iscsi], (folder, _) => Task.FromResult(seen = folder), s_never);
        Assert.Equal(("pi@iscsi", "/srv/bramble/tmp/x"), (made.Name, seen));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _proxy.PrepareImageAsync("pi", "b", [RootKind.Iscsi, RootKind.Overlay], (_, _) => throw new InvalidOperationException(), s_never));
        StorageException none = await Assert.ThrowsAsync<StorageException>(() => _proxy.PrepareImageAsync("none", "b", [RootKind.Overlay], (_, _) => Task.CompletedTask, s_never));
        Assert.Equal("There is no image none.", none.Message);
        Assert.Equal(["prepare pi pi@iscsi Iscsi", "prepare pi b Iscsi,Overlay", "given up", "prepare none b Overlay"], _storage.Asked);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "pi-1")]
    public async Task Findings_are_the_same_behind_the_proxy(bool mend, string? client)
    {
        Assert.Equal([FakeStorage.Finding], await _proxy.ExamineAsync(mend, client is null ? null : [client], s_never));
        Assert.Equal([$"examine {mend} {client ?? "-"}"], _storage.Asked);
    }

    [Fact]
    public async Task Everything_is_the_same_behind_the_proxy()
    {
        Channel<ImportProgress> told = Channel.CreateUnbounded<ImportProgress>();
        ImageInfo added = await _proxy.AddImageAsync("/tmp/raspios.img.xz", null, new Listener(told.Writer), s_never);
        Assert.Equivalent(FakeStorage.Image, added, strict: true);
        using var patience = new CancellationTokenSource(s_patience);
        Assert.Equal(new ImportProgress("Decompressing", 1, 0), await told.Reader.ReadAsync(patience.Token));
        Assert.Equal(new ImportProgress("Copying", 5_000_000_000, 6_000_000_000), await told.Reader.ReadAsync(patience.Token));
        await _proxy.AddImageAsync("/tmp/b.img", "named", null, s_never);

        IReadOnlyList<ImageInfo> images = await _proxy.ListImagesAsync(s_never);
        Assert.Equal(["raspios", "other"], images.Select(image => image.Name));
        await _proxy.RemoveImageAsync("other", s_never);
        Assert.Equal(FakeStorage.Root, await _proxy.PrepareRootAsync(FakeStorage.Request, s_never));
        Assert.Equal(["pi-2"], await _proxy.PublishRootAsync("pi-1", "10.0.0.7", s_never));
        await _proxy.RemoveRootAsync("pi-1", s_never);
        Assert.Equal(["add /tmp/raspios.img.xz -", "add /tmp/b.img named", "remove other", "prepare True", "publish pi-1 10.0.0.7", "unroot pi-1"], _storage.Asked);
    }

    [Fact]
    public async Task Archives_go_through_what_the_command_has_open()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (SafeFileHandle output = File.OpenHandle(file, FileMode.Create, FileAccess.Write))
                await _proxy.ExportAsync(ArchiveKind.Client, "pi-1", output, asTar: true, s_never);
            Assert.Equal("Client pi-1", await File.ReadAllTextAsync(file));
            using SafeFileHandle input = File.OpenHandle(file);
            Assert.Equal("Client pi-1", (await _proxy.ImportArchiveAsync(null, input, s_never)).Name);
            Assert.Equal(["export Client pi-1", "unpack -"], _storage.Asked);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Snapshots_are_the_same_behind_the_proxy()
    {
        Channel<ImportProgress> told = Channel.CreateUnbounded<ImportProgress>();
        Assert.Equal(FakeSnapshots.Snapshot, await _proxy.CreateSnapshotAsync("pi-1", null, SnapshotCause.Schedule, new Listener(told.Writer), s_never));
        using var patience = new CancellationTokenSource(s_patience);
        Assert.Equal(new ImportProgress("Copying", 1, 2), await told.Reader.ReadAsync(patience.Token));
        Assert.Equal([FakeSnapshots.Snapshot], await _proxy.ListSnapshotsAsync(null, s_never));
        Assert.Equal([FakeSnapshots.Snapshot], await _proxy.TakeScheduledAsync(new Retention(7, 4), s_never));
        await _proxy.RemoveSnapshotAsync("pi-1", "first", s_never);
        Assert.Equal(FakeSnapshots.Change, await _proxy.RollBackAsync("pi-1", null, null, s_never));
        Assert.Equal(FakeSnapshots.Change, await _proxy.ResetAsync("pi-1", null, s_never));
        Assert.Equal(FakeSnapshots.Change, await _proxy.ChangeImageAsync("pi-1", "raspios@2", ["/home", "/srv"], null, s_never));
        Assert.Equivalent(FakeStorage.Image, await _proxy.PromoteAsync("pi-1", "raspios@2", null, s_never), strict: true);
        Assert.Equal(FakeStorage.Root, await _proxy.DuplicateAsync("pi-1", "pi-2", null, s_never));
        Assert.Equal(["create pi-1 - Schedule", "list -", "schedule 7 4", "remove pi-1 first", "roll back pi-1 -", "reset pi-1", "change pi-1 raspios@2 /home /srv", "promote pi-1 raspios@2", "duplicate pi-1 pi-2"], _snapshots.Asked);
    }

    [Fact]
    public async Task What_a_command_has_open_is_imported_over_the_bus()
    {
        await using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using var end = new Microsoft.Win32.SafeHandles.SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        Task<ImageInfo> import = _proxy.ImportStreamAsync(new ImportRequest { Source = "standard input", Name = "pi@2", Length = 11 }, end, null, s_never);
        await pipe.WriteAsync("hello "u8.ToArray());
        await Task.Delay(300);
        await pipe.WriteAsync("world"u8.ToArray());
        // Both ends that this process has.
        pipe.DisposeLocalCopyOfClientHandle();
        await pipe.DisposeAsync();
        Assert.Equivalent(FakeStorage.Image, await import.WaitAsync(s_patience), strict: true);
        await _proxy.ImportImageAsync(new ImportRequest { Source = "/tmp/tree", Sha256 = "ab" }, null, null, s_never);
        await _proxy.RenameImageAsync("a", "b@2", s_never);
        Assert.Equal(["a: no kernel"], await _proxy.CheckImageAsync("a", s_never));
        Assert.Equal(["import standard input pi@2 - 11: hello world", "import /tmp/tree - ab 0: ", "rename a b@2"], _storage.Asked);
    }

    [Fact]
    public async Task What_no_boot_needs_is_for_root_alone()
    {
        await using IBusConnection other = _bus.Connect();
        var storage = new StorageBusObject(_storage, _storage, _snapshots, _storage, _storage, Myself, TimeProvider.System, NullLogger.Instance, new BusCallers([12345]));
        await _service.ReleaseNameAsync(StorageBusNames.Name);
        await storage.AttachAsync(other);
        await _proxy.ListSnapshotsAsync("pi-1", s_never);
        await _proxy.PrepareRootAsync(FakeStorage.Request, s_never);

        // A rollout is the boot server's. It loses nothing: what was there is kept.
        await _proxy.ChangeImageAsync("pi-1", "b", [], null, s_never);
        await _proxy.RollBackAsync("pi-1", null, null, s_never);
        Func<Task>[] refused =
        [
            () => _proxy.CreateSnapshotAsync("pi-1", null, SnapshotCause.Hand, null, s_never), () => _proxy.RemoveSnapshotAsync("pi-1", "a", s_never), () => _proxy.TakeScheduledAsync(Retention.Default, s_never),
            () => _proxy.ResetAsync("pi-1", null, s_never), () => _proxy.ExamineAsync(mend: true, null, s_never), () => _proxy.ImportArchiveAsync(null, File.OpenHandle("/dev/null"), s_never),
            () => _proxy.PromoteAsync("pi-1", "a", null, s_never), () => _proxy.DuplicateAsync("pi-1", "b", null, s_never),
            () => _proxy.AddImageAsync("/tmp/a.img", null, null, s_never), () => _proxy.RemoveImageAsync("a", s_never),
        ];
        foreach (Func<Task> call in refused)
            Assert.Contains("refuses this user", (await Assert.ThrowsAsync<StorageException>(call)).Message);
        Assert.Equal(["list pi-1", "change pi-1 b ", "roll back pi-1 -"], _snapshots.Asked);
    }

    [Fact]
    public async Task A_refusal_reaches_the_caller_with_its_words()
    {
        var refused = await Assert.ThrowsAsync<StorageException>(() => _proxy.RemoveImageAsync("used", s_never));
        Assert.Equal("used: the client pi-1 was made from it. Remove that client first.", refused.Message);
        var relative = await Assert.ThrowsAsync<StorageException>(() => _proxy.AddImageAsync("raspios.img", null, null, s_never));
        Assert.Contains("absolute", relative.Message);
        var bug = await Assert.ThrowsAsync<StorageException>(() => _proxy.RemoveImageAsync("bug", s_never));
        Assert.Contains("unforeseen", bug.Message);
        Assert.Contains("journalctl -u bramble-storaged", bug.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"client\":")]
    [InlineData("[1,2]")]
    [InlineData("{\"client\":\"a\",\"image\":\"b\",\"kind\":\"floppy\",\"hostName\":\"a\",\"serverAddress\":\"1\",\"beaconPort\":1,\"beaconToken\":\"\"}")]
    [InlineData("{\"client\":\"a\",\"image\":\"b\",\"kind\":1,\"hostName\":\"a\",\"serverAddress\":\"1\",\"beaconPort\":1,\"beaconToken\":\"\"}")]
    public async Task A_request_that_is_none_is_refused(string json)
    {
        IBusConnection bus = await _link.GetAsync();
        var refused = await Assert.ThrowsAsync<BusException>(() => bus.CallAsync(StorageBusNames.Name, StorageBusNames.Path, StorageBusNames.Name, "PrepareRoot", "s", [json]));
        Assert.Equal(BusErrors.InvalidArgs, refused.Name);
        Assert.Empty(_storage.Asked);
    }

    [Fact]
    public async Task A_root_request_is_json_with_words_for_kinds()
    {
        string json = System.Text.Json.JsonSerializer.Serialize(FakeStorage.Request, StorageContractJson.Default.RootRequest);
        Assert.Contains("\"kind\":\"iscsi\"", json);
        Assert.Contains("\"hostName\":\"pi-1\"", json);
        (int exit, string output) = await _bus.BusctlAsync(null, "call", StorageBusNames.Name, StorageBusNames.Path, StorageBusNames.Name, "PrepareRoot", "s", json);
        Assert.True(exit == 0, output);
        Assert.Contains("iqn.2026-01.org.bramble:pi-1", output);
    }

    [Fact]
    public async Task Cancelling_an_import_waits_until_it_has_cleaned_up()
    {
        var cleanedUp = new TaskCompletionSource();
        _storage.Import = async stop =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                await cleanedUp.Task;
            }
        };
        using var cancel = new CancellationTokenSource();
        Task<ImageInfo> import = _proxy.AddImageAsync("/tmp/a.img", null, null, cancel.Token);
        await _storage.ImportStarted.Task.WaitAsync(s_patience);
        var twice = await Assert.ThrowsAsync<StorageException>(() => _proxy.AddImageAsync("/tmp/a.img", null, null, s_never));
        Assert.Contains("already", twice.Message);
        await cancel.CancelAsync();
        await _proxy.ListImagesAsync(s_never);
        Assert.False(import.IsCompleted);
        cleanedUp.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import.WaitAsync(s_patience));
        await _storage.ImportCancelled.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Cancelling_at_the_first_moment_works_too()
    {
        _storage.Import = stop => Task.Delay(Timeout.Infinite, stop);
        for (int i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            Task<ImageInfo> import = _proxy.AddImageAsync($"/tmp/{i}.img", null, null, cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import.WaitAsync(s_patience));
        }
    }

    [Fact]
    public async Task An_import_whose_caller_has_gone_is_given_up()
    {
        _storage.Import = stop => Task.Delay(Timeout.Infinite, stop);
        Task<ImageInfo> import = _proxy.AddImageAsync("/tmp/a.img", null, null, s_never);
        await _storage.ImportStarted.Task.WaitAsync(s_patience);
        await (await _link.GetAsync()).DisposeAsync();
        await Assert.ThrowsAsync<StorageException>(() => import);
        await _storage.ImportCancelled.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Other_users_are_refused_even_where_the_policy_lets_them()
    {
        await using IBusConnection other = _bus.Connect();
        await _service.ReleaseNameAsync(StorageBusNames.Name);
        await new StorageBusObject(_storage, _storage, _snapshots, _storage, _storage, new BusCallers([12345]), TimeProvider.System, NullLogger.Instance).AttachAsync(other);
        var refused = await Assert.ThrowsAsync<StorageException>(() => _proxy.RemoveImageAsync("a", s_never));
        Assert.Contains("refuses this user", refused.Message);
        Assert.Empty(_storage.Asked);
    }

    [Fact]
    public async Task Nobody_there_is_told_with_where_to_look()
    {
        await _service.ReleaseNameAsync(StorageBusNames.Name);
        var nobody = await Assert.ThrowsAsync<StorageException>(() => _proxy.ListImagesAsync(s_never));
        Assert.Contains("journalctl -u bramble-storaged", nobody.Message);
        await using var noBus = new BusLink(() => (null, "no bus here"));
        var none = await Assert.ThrowsAsync<StorageException>(() => new StorageBusProxy(noBus).ListImagesAsync(s_never));
        Assert.Contains("no bus here", none.Message);
    }

    [Fact]
    public async Task An_idle_service_says_that_it_stops_and_gives_its_name_back()
    {
        bool toldFirst = false;
        await _proxy.ListImagesAsync(s_never);
        await _object.RunUntilIdleAsync(_service, TimeSpan.FromMilliseconds(50), () => toldFirst = _service.HasOwnerAsync(StorageBusNames.Name).Result, s_never).WaitAsync(s_patience);
        Assert.True(toldFirst);
        Assert.False(await _service.HasOwnerAsync(StorageBusNames.Name));
    }

    [Fact]
    public async Task A_service_at_work_is_not_idle()
    {
        var release = new TaskCompletionSource();
        _storage.Import = _ => release.Task;
        Task<ImageInfo> import = _proxy.AddImageAsync("/tmp/a.img", null, null, s_never);
        await _storage.ImportStarted.Task.WaitAsync(s_patience);
        Task serving = _object.RunUntilIdleAsync(_service, TimeSpan.FromMilliseconds(1), () => { }, s_never);
        for (int i = 0; i < 10; i++)
        {
            await _proxy.RemoveImageAsync("x", s_never);
        }
        Assert.False(serving.IsCompleted);
        release.SetResult();
        await import.WaitAsync(s_patience);
        await serving.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_thousand_calls_are_answered_while_an_image_is_imported()
    {
        using var copied = new ManualResetEventSlim();
        // As the copying of a tree does, it keeps its thread.
        _storage.Import = _ =>
        {
            copied.Wait();
            return Task.CompletedTask;
        };
        Task<ImageInfo> import = _proxy.AddImageAsync("/tmp/a.img", null, null, s_never);
        await _storage.ImportStarted.Task.WaitAsync(s_patience);
        // A bus allows 128 open calls a connection.
        BusLink[] links = [.. Enumerable.Range(0, 10).Select(_ => _bus.Link())];
        IReadOnlyList<ImageInfo>[] lists = await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(i => new StorageBusProxy(links[i % 10]).ListImagesAsync(s_never))).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.All(lists, list => Assert.Equal(2, list.Count));
        Assert.False(import.IsCompleted);
        copied.Set();
        await import.WaitAsync(s_patience);
        foreach (BusLink link in links)
        {
            await link.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lost_bus_ends_the_service()
    {
        Task serving = _object.RunUntilIdleAsync(_service, TimeSpan.FromHours(1), () => { }, s_never);
        _bus.Kill();
        var lost = await Assert.ThrowsAsync<BusException>(() => serving.WaitAsync(s_patience));
        Assert.Equal(BusErrors.Disconnected, lost.Name);
    }

    private sealed class Listener(ChannelWriter<ImportProgress> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => told.TryWrite(value);
    }
}
