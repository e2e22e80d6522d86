using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;

namespace Bramble.Bus;

/// <summary>Shutting down and resetting on the bus: the boot server, which strangers talk to, has no right to either and must ask.</summary>
/// <param name="callers">Who may ask.</param>
public sealed class SystemBusObject(BusCallers callers)
{
    private const string Login = "org.freedesktop.login1";

    /// <summary>Exports the object.</summary>
    /// <param name="bus">The connection.</param>
    public Task AttachAsync(IBusConnection bus) => bus.ExportAsync(SystemBusNames.Path, new BusInterface
    {
        Name = SystemBusNames.Interface,
        Methods =
        [
            new BusMethod { Name = "PowerOff", Handler = PowerOffAsync },
            new BusMethod { Name = "FactoryReset", Handler = FactoryResetAsync },
        ],
    });

    private async Task<object[]> PowerOffAsync(BusCall call)
    {
        await callers.CheckAsync(call).ConfigureAwait(false);
        try
        {
            // logind tells whoever holds a delay, so that nothing is cut off.
            await call.Bus.CallAsync(Login, "/org/freedesktop/login1", Login + ".Manager", "PowerOff", "b", [false]).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Name is BusErrors.ServiceUnknown or "org.freedesktop.systemd1.NoSuchUnit" or "org.freedesktop.DBus.Error.NameHasNoOwner")
        {
            await call.Bus.CallAsync(
                SystemdManager.Name, "/org/freedesktop/systemd1", SystemdManager.Name + ".Manager", "StartUnit", "ss", ["poweroff.target", "replace-irreversibly"]).ConfigureAwait(false);
        }

        return [];
    }

    private async Task<object[]> FactoryResetAsync(BusCall call)
    {
        await callers.CheckAsync(call).ConfigureAwait(false);
        await using SystemdManager systemd = await SystemdManager.ConnectAsync(call.Bus).ConfigureAwait(false);
        UnitJobOutcome outcome = await systemd.StartUnitAsync(SystemBusNames.FactoryResetUnit, CancellationToken.None).ConfigureAwait(false);
        return outcome.IsDone ? [] : throw new BusException(SystemBusNames.Error, outcome.Reason);
    }
}
