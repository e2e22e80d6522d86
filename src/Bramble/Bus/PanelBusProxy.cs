using Bramble.Linux.DBus;
using Bramble.Panel;
using Bramble.Panel.Leds;
using Bramble.Panel.Pages;

namespace Bramble.Bus;

/// <summary>The front panel of the running boot server, for the command line. Throws as <see cref="FleetBusProxy"/> does.</summary>
/// <param name="bus">Connection to the system bus.</param>
internal sealed class PanelBusProxy(IBusConnection bus)
{
    /// <summary>What is shown now.</summary>
    public async Task<PanelSnapshot> LookAsync(CancellationToken cancellation)
    {
        BusMessage reply = await CallAsync("Look", "", [], cancellation).ConfigureAwait(false);
        byte[] bits = new byte[(int)(reply.Get<uint>(0) * reply.Get<uint>(1) / 8)];
        return Convert.TryFromBase64String(reply.Get<string>(2), bits, out int length) && length == bits.Length
            && Enum.TryParse(reply.Get<string>(4), out PageKind page) && Enum.TryParse(reply.Get<string>(5), out LedSignal signal)
            ? new PanelSnapshot((int)reply.Get<uint>(0), (int)reply.Get<uint>(1), bits, reply.Get<bool>(3), page, signal)
            : throw new BusException(BusErrors.InvalidArgs, "The boot server speaks another version: restart it (systemctl restart bramble).");
    }

    /// <summary>Presses the button, or lets it go.</summary>
    public Task ButtonAsync(bool down, CancellationToken cancellation) => CallAsync("Button", "b", [down], cancellation);

    /// <summary>Has the panel say that an update is being written, until this connection ends or it is told that it is done.</summary>
    public Task SetUpdatingAsync(bool updating, CancellationToken cancellation) => CallAsync("SetUpdating", "b", [updating], cancellation);

    private Task<BusMessage> CallAsync(string method, string signature, object[] arguments, CancellationToken cancellation) =>
        bus.CallAsync(PanelBusNames.Name, PanelBusNames.Path, PanelBusNames.Interface, method, signature, arguments, timeout: null, cancellation);
}
