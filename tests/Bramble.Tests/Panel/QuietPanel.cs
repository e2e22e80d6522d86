using Bramble.Panel;
using Bramble.Panel.State;

namespace Bramble.Tests.Panel;

/// <summary>A server that only notes what its panel asks for.</summary>
internal sealed class QuietPanel : IPanelHost
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];

    public PanelState State { get; set; } = new() { Name = "bramble", Phase = PanelPhase.Serving, Network = new PanelNetwork { Address = "10.0.0.1" } };

    public bool CanReset { get; set; }

    public string Refusal { get; set; } = "";

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    public PanelState GetState() => State;

    public void OpenPairing() => Note("open");

    public void ClosePairing() => Note("close");

    public Task PowerOffAsync(CancellationToken cancellation)
    {
        Note("off");
        return Refusal.Length > 0 ? Task.FromException(new IOException(Refusal)) : Task.CompletedTask;
    }

    public Task<bool> CanFactoryResetAsync(CancellationToken cancellation) => Task.FromResult(CanReset);

    public Task FactoryResetAsync(CancellationToken cancellation)
    {
        Note("reset");
        return Task.CompletedTask;
    }

    private void Note(string what)
    {
        lock (_gate)
        {
            _asked.Add(what);
        }
    }
}
