namespace Bramble.Storage.Contract;

/// <summary>The service manager, as far as storage needs it.</summary>
public interface IUnitReloader
{
    /// <summary>Reloads a unit, or starts it when it does not run (<c>ReloadOrRestartUnit</c>), and waits for the job's end.</summary>
    /// <param name="unit">Name of the unit, such as <c>nfs-server.service</c>.</param>
    /// <param name="cancellation">Gives up waiting; the job goes on.</param>
    Task<UnitJobResult> ReloadOrRestartAsync(string unit, CancellationToken cancellation);
}
