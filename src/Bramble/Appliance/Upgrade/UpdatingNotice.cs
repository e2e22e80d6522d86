using Bramble.Bus;
using Bramble.Linux.DBus;

namespace Bramble.Appliance.Upgrade;

/// <summary>
/// Has the front panel say "Updating: do not pull the plug" until it is disposed. The panel is a guest: without a bus, a boot server or an answer there is
/// nothing to show, and the upgrade goes on.
/// </summary>
internal sealed class UpdatingNotice : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // The panel shows it for as long as this connection lives, however this process ends.
    private readonly IBusConnection? _bus;

    private UpdatingNotice(IBusConnection? bus) => _bus = bus;

    /// <summary>Shows it, where it can be shown.</summary>
    /// <param name="open">Opens a connection to the bus that is this notice's own; null where there is none.</param>
    public static async Task<UpdatingNotice> ShowAsync(Func<IBusConnection?> open)
    {
        if (open() is not { } bus)
        {
            return new UpdatingNotice(null);
        }

        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            await new PanelBusProxy(bus).SetUpdatingAsync(updating: true, patience.Token);
        }
        catch (Exception e) when (e is BusException or OperationCanceledException)
        {
            // No boot server, an older one, or one that hangs.
        }

        return new UpdatingNotice(bus);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bus?.DisposeAsync() ?? ValueTask.CompletedTask;
}
