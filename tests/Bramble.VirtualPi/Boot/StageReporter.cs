using Bramble.VirtualPi.Stack;

namespace Bramble.VirtualPi.Boot;

/// <summary>Stamps stage events with the reactor's clock.</summary>
internal sealed class StageReporter
{
    private readonly Reactor _reactor;
    private readonly Action<StageEvent> _sink;

    public StageReporter(Reactor reactor, Action<StageEvent> sink)
    {
        _reactor = reactor;
        _sink = sink;
    }

    public void Add(BootStage stage, params (string Name, object Value)[] fields)
    {
        var list = new List<KeyValuePair<string, object>>(fields.Length);
        foreach ((string name, object value) in fields)
        {
            list.Add(new(name, value));
        }

        _sink(new StageEvent(_reactor.Now, stage, list));
    }
}
