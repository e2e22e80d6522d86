using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <summary>Reloads units through systemd; where there is no bus or no systemd, says so as a result and not as a failure.</summary>
/// <param name="link">The system bus.</param>
public sealed class SystemdUnitReloader(BusLink link) : IUnitReloader
{
    /// <inheritdoc/>
    public async Task<UnitJobResult> ReloadOrRestartAsync(string unit, CancellationToken cancellation)
    {
        try
        {
            IBusConnection bus = await link.GetAsync(cancellation).ConfigureAwait(false);
            if (!await bus.HasOwnerAsync(SystemdManager.Name).ConfigureAwait(false))
            {
                return new UnitJobResult(UnitJobResult.NotAvailable, "There is no systemd on this bus.");
            }
            await using SystemdManager manager = await SystemdManager.ConnectAsync(bus).ConfigureAwait(false);
            UnitJobOutcome outcome = await manager.ReloadOrRestartUnitAsync(unit, cancellation).ConfigureAwait(false);
            return new UnitJobResult(outcome.Result, outcome.Reason);
        }
        catch (BusException e) when (e.Name == BusErrors.NoServer)
        {
            return new UnitJobResult(UnitJobResult.NotAvailable, e.Message);
        }
        catch (BusException e)
        {
            return new UnitJobResult("failed", $"{unit}: {e.Message} ({e.Name})");
        }
    }
}
