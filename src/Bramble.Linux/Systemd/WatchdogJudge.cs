namespace Bramble.Linux.Systemd;

/// <summary>Decides from the ages of the heartbeats whether the service may still call itself alive.</summary>
/// <param name="oldest">Oldest that a heartbeat may be.</param>
internal sealed class WatchdogJudge(TimeSpan oldest)
{
    private string? _stalled;

    /// <summary>One look at the loops.</summary>
    /// <param name="ages">Name of each loop and time since its last turn.</param>
    public WatchdogVerdict Judge(IEnumerable<(string Name, TimeSpan Age)> ages)
    {
        (string Name, TimeSpan Age)? worst = null;
        foreach ((string Name, TimeSpan Age) loop in ages)
        {
            if (loop.Age > oldest && (worst is null || loop.Age > worst.Value.Age))
            {
                worst = loop;
            }
        }
        if (worst is not { } stalled)
        {
            string? recovered = _stalled;
            _stalled = null;
            return new WatchdogVerdict(Ping: true, NewlyStalled: null, StalledFor: TimeSpan.Zero, Recovered: recovered);
        }
        bool news = _stalled is null;
        _stalled ??= stalled.Name;
        return new WatchdogVerdict(Ping: false, NewlyStalled: news ? stalled.Name : null, StalledFor: stalled.Age, Recovered: null);
    }
}
