namespace Bramble.Storage.Contract;

/// <summary>For a machine without systemd: files are written, and nobody is told.</summary>
public sealed class NoUnitReloader : IUnitReloader
{
    /// <inheritdoc/>
    public Task<UnitJobResult> ReloadOrRestartAsync(string unit, CancellationToken cancellation) =>
        Task.FromResult(new UnitJobResult(UnitJobResult.NotAvailable, "There is no systemd here."));
}
