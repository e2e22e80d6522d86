using Bramble.Storage.Contract;

namespace Bramble.Storage.Tests.Support;

/// <summary>A service manager that remembers what it was told.</summary>
internal sealed class FakeUnits : IUnitReloader
{
    public List<string> Reloaded { get; } = [];

    public UnitJobResult Result { get; set; } = new("done", "");

    public Action<string> OnReload { get; set; } = static _ => { };

    public Task<UnitJobResult> ReloadOrRestartAsync(string unit, CancellationToken cancellation)
    {
        Reloaded.Add(unit);
        OnReload(unit);
        return Task.FromResult(Result);
    }
}
