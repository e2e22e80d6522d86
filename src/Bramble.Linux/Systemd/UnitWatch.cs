using Bramble.Linux.DBus;

namespace Bramble.Linux.Systemd;

/// <summary>Reads a unit's state again whenever something may have changed; changes that come while one is being read are read once more, together.</summary>
internal sealed class UnitWatch(Func<Task<UnitState>> read, Action<UnitState> handler) : IAsyncDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stop = new();
    private IAsyncDisposable? _subscription;
    private Task _following = Task.CompletedTask;

    /// <summary>Something may have changed. Does not block.</summary>
    public void Look() => _changed.Release();

    public void Start(IAsyncDisposable subscription)
    {
        _subscription = subscription;
        Look();
        _following = Task.Run(FollowAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }
        await _following.ConfigureAwait(false);
    }

    private async Task FollowAsync()
    {
        UnitState? last = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _changed.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (_changed.Wait(0))
                {
                    // One look serves all that has happened until now.
                }
                UnitState state = await read().ConfigureAwait(false);
                if (state != last && !_stop.IsCancellationRequested)
                {
                    last = state;
                    handler(state);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (BusException)
            {
                // The unit or the bus is going away; if it is the unit, the next change tells.
            }
        }
    }
}
