using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Panel;

namespace Bramble.Web;

/// <summary>The boot server over the bus. One answer serves all who ask within a second.</summary>
internal sealed class BusFleetSource : IFleetSource, IAsyncDisposable
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    // Times and rates go on although nothing happens.
    private static readonly TimeSpan s_anyway = TimeSpan.FromSeconds(5);

    private readonly BusLink _link;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _bus;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _changes;
    private (string Json, long Read, long Change)? _status;

    /// <summary>Connects when first asked, and again when the bus was lost.</summary>
    public BusFleetSource(BusLink link, TimeProvider time)
    {
        (_link, _time) = (link, time);
        link.Attach(async bus => await new FleetBusProxy(bus).WatchBootEventsAsync(_ => Changed()));
        _bus = link.KeepUpAsync(time, static _ => { }, _stop.Token);
    }

    /// <inheritdoc/>
    public async Task<string> StatusJsonAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            long change = Interlocked.Read(ref _changes);
            if (_status is { } known && known.Change == change && _time.GetElapsedTime(known.Read) < s_fresh)
            {
                return known.Json;
            }

            string json = await new FleetBusProxy(await _link.GetAsync(cancellation)).GetStatusAsync(cancellation);
            _status = (json, _time.GetTimestamp(), change);
            return json;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<string> FilesJsonAsync(string name, CancellationToken cancellation) =>
        await new FleetBusProxy(await _link.GetAsync(cancellation)).GetBootFilesAsync(name, cancellation);

    /// <inheritdoc/>
    public async Task<string> LogJsonAsync(string name, CancellationToken cancellation) =>
        await new FleetBusProxy(await _link.GetAsync(cancellation)).GetBootLogAsync(name, cancellation);

    /// <inheritdoc/>
    public async Task<string> MetricsAsync(CancellationToken cancellation) =>
        await new FleetBusProxy(await _link.GetAsync(cancellation)).GetMetricsAsync(cancellation);

    /// <inheritdoc/>
    public async Task<PanelSnapshot> PanelAsync(CancellationToken cancellation) =>
        await new PanelBusProxy(await _link.GetAsync(cancellation)).LookAsync(cancellation);

    /// <inheritdoc/>
    public async Task<long> ChangedAsync(long seen, CancellationToken cancellation)
    {
        Task change = Volatile.Read(ref _change).Task;
        if (Interlocked.Read(ref _changes) == seen)
        {
            await Task.WhenAny(change, Task.Delay(s_anyway, _time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        return Interlocked.Read(ref _changes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _bus.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _link.DisposeAsync();
        _gate.Dispose();
        _stop.Dispose();
    }

    private void Changed()
    {
        Interlocked.Increment(ref _changes);
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
