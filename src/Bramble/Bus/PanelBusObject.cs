using Bramble.Linux.DBus;
using Bramble.Panel;

namespace Bramble.Bus;

/// <summary>
/// The front panel on the bus: <c>Look</c> gives the picture (base64 of pages of eight rows, one byte a column, bit 0 on top), <c>Button</c> presses
/// and lets go, <c>SetUpdating</c> has it ask not to pull the plug. Whoever goes away with the button pressed has not pressed it, and updates no longer.
/// </summary>
/// <param name="panel">The panel.</param>
/// <param name="callers">Who may do more than look.</param>
internal sealed class PanelBusObject(PanelService panel, BusCallers callers)
{
    private readonly PresentCaller _presser = new(panel.RemoteCancel);
    private readonly PresentCaller _updater = new(() => panel.SetUpdating(false));

    /// <summary>Exports the object.</summary>
    /// <param name="bus">The connection.</param>
    public Task AttachAsync(IBusConnection bus)
    {
        _presser.Forget();
        _updater.Forget();
        return bus.ExportAsync(PanelBusNames.Path, new BusInterface
        {
            Name = PanelBusNames.Interface,
            Methods =
            [
                new BusMethod
                {
                    Name = "Look", Out = "uusbss", ArgumentNames = ["width", "height", "pixels", "lit", "page", "led"], Handler = _ => Task.FromResult(Look()),
                },
                new BusMethod { Name = "Button", In = "b", ArgumentNames = ["down"], Handler = call => TakeAsync(call, _presser, panel.RemoteButton) },
                new BusMethod { Name = "SetUpdating", In = "b", ArgumentNames = ["updating"], Handler = call => TakeAsync(call, _updater, panel.SetUpdating) },
            ],
        });
    }

    private object[] Look()
    {
        PanelSnapshot seen = panel.Look();
        return [(uint)seen.Width, (uint)seen.Height, Convert.ToBase64String(seen.Bits), seen.IsOn, seen.Page.ToString(), seen.Signal.ToString()];
    }

    private async Task<object[]> TakeAsync(BusCall call, PresentCaller caller, Action<bool> action)
    {
        await callers.CheckAsync(call).ConfigureAwait(false);
        await caller.TakeAsync(call, () => action(call.Get<bool>(0))).ConfigureAwait(false);
        return [];
    }
}
