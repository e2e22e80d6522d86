using System.Threading.Channels;
using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Linux.Tests.DBus;
using Xunit;

namespace Bramble.Linux.Tests.Systemd;

public sealed class SystemdManagerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly PrivateBus _bus = new();

    public void Dispose() => _bus.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_is_awaited_to_its_end_in_whatever_order_signal_and_reply_come(bool signalBeforeReply)
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        systemd.SignalBeforeReply = signalBeforeReply;

        UnitJobOutcome reload = await manager.ReloadOrRestartUnitAsync("nfs-server.service", CancellationToken.None).WaitAsync(s_patience);
        Assert.True(reload.IsDone);
        Assert.Equal("", reload.Reason);
        Assert.True((await manager.StartUnitAsync("tgt.service", CancellationToken.None).WaitAsync(s_patience)).IsDone);
        Assert.True((await manager.StopUnitAsync("tgt.service", CancellationToken.None).WaitAsync(s_patience)).IsDone);
        Assert.Equal(["ReloadOrRestartUnit nfs-server.service replace", "StartUnit tgt.service replace", "StopUnit tgt.service replace"], systemd.Jobs);
    }

    [Fact]
    public async Task Jobs_side_by_side_get_their_own_ends()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        systemd.ResultOf = unit => unit == "tgt.service" ? "failed" : "done";
        UnitJobOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            manager.ReloadOrRestartUnitAsync(i % 2 == 0 ? "tgt.service" : "nfs-server.service", CancellationToken.None))).WaitAsync(s_patience);
        Assert.All(outcomes, outcome => Assert.Equal(outcome.Unit == "nfs-server.service", outcome.IsDone));
    }

    [Fact]
    public async Task A_job_ends_only_with_its_signal()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        var hold = new TaskCompletionSource();
        systemd.Hold = hold.Task;
        Task<UnitJobOutcome> job = manager.StartUnitAsync("nfs-server.service", CancellationToken.None);
        // Two turns to the fake and back: the job's reply is in by now.
        await manager.GetUnitStateAsync("nfs-server.service", CancellationToken.None);
        Assert.False(job.IsCompleted);

        using var stop = new CancellationTokenSource();
        Task<UnitJobOutcome> abandoned = manager.StartUnitAsync("tgt.service", stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);

        hold.SetResult();
        Assert.True((await job.WaitAsync(s_patience)).IsDone);
    }

    [Fact]
    public async Task A_failed_job_tells_what_the_unit_says()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        await systemd.SetAsync("nfs-server.service", "ActiveState", "failed");
        await systemd.SetAsync("nfs-server.service", "SubState", "failed");
        await systemd.SetAsync("nfs-server.service", "Result", "exit-code");
        await systemd.SetAsync("nfs-server.service", "ExecMainCode", 1);
        await systemd.SetAsync("nfs-server.service", "ExecMainStatus", 3);
        await systemd.SetAsync("nfs-server.service", "StatusText", "no threads");
        systemd.ResultOf = _ => "failed";

        UnitJobOutcome outcome = await manager.ReloadOrRestartUnitAsync("nfs-server.service", CancellationToken.None).WaitAsync(s_patience);
        Assert.Equal("failed", outcome.Result);
        Assert.Equal(
            "nfs-server.service: the job ended as 'failed'; the unit is failed (failed), result 'exit-code', its process exited with status 3, it says \"no threads\". Its words: journalctl -u nfs-server.service",
            outcome.Reason);

        UnitJobOutcome missing = await manager.StartUnitAsync("missing.service", CancellationToken.None).WaitAsync(s_patience);
        Assert.False(missing.IsDone);
        Assert.Contains("is its package installed?", missing.Reason);
    }

    [Fact]
    public async Task A_lost_bus_ends_the_waiting()
    {
        FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        systemd.Hold = new TaskCompletionSource().Task;
        Task<UnitJobOutcome> job = manager.StartUnitAsync("nfs-server.service", CancellationToken.None);
        await manager.GetUnitStateAsync("nfs-server.service", CancellationToken.None);
        _bus.Kill();
        var lost = await Assert.ThrowsAsync<BusException>(() => job.WaitAsync(s_patience));
        Assert.Equal(BusErrors.Disconnected, lost.Name);
        await systemd.DisposeAsync();
    }

    [Fact]
    public async Task Without_systemd_connecting_says_so()
    {
        await using IBusConnection bus = _bus.Connect();
        var none = await Assert.ThrowsAsync<BusException>(() => SystemdManager.ConnectAsync(bus));
        Assert.Equal(BusErrors.ServiceUnknown, none.Name);
    }

    [Fact]
    public async Task Two_managers_may_share_a_connection()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager first = await SystemdManager.ConnectAsync(bus);
        await using SystemdManager second = await SystemdManager.ConnectAsync(bus);
        Assert.True((await second.StartUnitAsync("a.service", CancellationToken.None).WaitAsync(s_patience)).IsDone);
    }

    [Fact]
    public async Task A_watched_unit_tells_its_state_now_and_after_changes()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using IBusConnection bus = _bus.Connect();
        await using SystemdManager manager = await SystemdManager.ConnectAsync(bus);
        Channel<UnitState> states = Channel.CreateUnbounded<UnitState>();
        IAsyncDisposable watch = await manager.WatchUnitAsync("tgt.service", state => states.Writer.TryWrite(state), CancellationToken.None);
        using var patience = new CancellationTokenSource(s_patience);

        Assert.False((await states.Reader.ReadAsync(patience.Token)).IsActive);
        await systemd.SetAsync("tgt.service", "ActiveState", "active");
        Assert.True((await states.Reader.ReadAsync(patience.Token)).IsActive);
        await systemd.SetAsync("other.service", "ActiveState", "active");
        await systemd.SetAsync("tgt.service", "ActiveState", "failed");
        UnitState failed = await states.Reader.ReadAsync(patience.Token);
        Assert.Equal(("tgt.service", "failed"), (failed.Unit, failed.ActiveState));
        await watch.DisposeAsync();
        await systemd.SetAsync("tgt.service", "ActiveState", "active");
        await manager.GetUnitStateAsync("tgt.service", CancellationToken.None);
        Assert.False(states.Reader.TryRead(out _));
    }
}
