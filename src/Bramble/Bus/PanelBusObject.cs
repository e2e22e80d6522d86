using Bramble.Linux.DBus;
using Bramble.Panel;

namespace Bramble.Bus;

/// <summary>
/// The front panel on the bus: <c>Look</c> gives the picture (base64 of pages of eight rows, one byte a column, bit 0 on top), <c>Button</c> presses
/// and lets go. Whoever goes away with the button pressed has not pressed it.
/// </summary>
/// <param name="panel">The panel.</param>
/// <param name="pressers">Who may press.</param>
internal sealed class PanelBusObject(PanelService panel, BusCallers pressers)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string _watched = "";
    private IAsyncDisposable? _watch;

    /// <summary>Exports the object.</summary>
    /// <param name="bus">The connection.</param>
    public Task AttachAsync(IBusConnection bus)
    {
        // Of the connection before this one nobody is left.
        (_watched, _watch) = ("", null);
        panel.RemoteCancel();
        return bus.ExportAsync(PanelBusNames.Path, new BusInterface
        {
            Name = PanelBusNames.Interface,
            Methods =
            [
                new BusMethod
                {
                    Name = "Look", Out = "uusbss", ArgumentNames = ["width", "height", "pixels", "lit", "page", "led"], Handler = _ => Task.FromResult(Look()),
                },
                new BusMethod { Name = "Button", In = "b", ArgumentNames = ["down"], Handler = ButtonAsync },
            ],
        });
    }

    private object[] Look()
    {
        PanelSnapshot seen = panel.Look();
        return [(uint)seen.Width, (uint)seen.Height, Convert.ToBase64String(seen.Bits), seen.IsOn, seen.Page.ToString(), seen.Signal.ToString()];
    }

    private async Task<object[]> ButtonAsync(BusCall call)
    {
        await pressers.CheckAsync(call).ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await WatchAsync(call).ConfigureAwait(false);
            panel.RemoteButton(call.Get<bool>(0));
        }
        finally
        {
            _gate.Release();
        }

        return [];
    }

    /// <summary>Follows the one who presses now, and no longer the one who did before.</summary>
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
            panel.RemoteCancel();
        }

        _watch = await call.Bus.WatchNameLostAsync(who, panel.RemoteCancel).ConfigureAwait(false);
        _watched = who;
    }
}
