using Bramble.Linux.DBus;

namespace Bramble.Bus;

/// <summary>Something that one caller at a time holds, for as long as it is on the bus: whoever goes away, or is followed by another, has let go.</summary>
/// <param name="gone">Lets go.</param>
internal sealed class PresentCaller(Action gone)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string _watched = "";
    private IAsyncDisposable? _watch;

    /// <summary>The connection is a new one: of the old one nobody is left.</summary>
    public void Forget()
    {
        (_watched, _watch) = ("", null);
        gone();
    }

    /// <summary>Does what a caller asks for, and follows that caller from now on.</summary>
    public async Task TakeAsync(BusCall call, Action action)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await WatchAsync(call).ConfigureAwait(false);
            action();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WatchAsync(BusCall call)
    {
        string who = call.Message.Sender;
        if (who == _watched)
        {
            return;
        }

        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
            gone();
        }

        _watch = await call.Bus.WatchNameLostAsync(who, gone).ConfigureAwait(false);
        _watched = who;
    }
}
