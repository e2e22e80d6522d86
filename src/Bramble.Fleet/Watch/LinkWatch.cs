using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Watch;

/// <summary>Served interfaces without a link. Pure.</summary>
internal sealed class LinkWatch
{
    // A switch that restarts, a cable that is moved.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, DateTimeOffset> _without = new(StringComparer.Ordinal);

    /// <summary>An interface has, or has not, a link.</summary>
    public void Note(string networkInterface, bool hasLink, DateTimeOffset now)
    {
        if (hasLink)
        {
            _without.Remove(networkInterface);
        }
        else
        {
            _without.TryAdd(networkInterface, now);
        }
    }

    /// <summary>One fault for each interface.</summary>
    public IEnumerable<Fault> Judge(DateTimeOffset now) => _without.Where(w => now - w.Value >= s_patience).Select(static w => Fault.Of(
        FaultCode.NoLink,
        $"{w.Key} has had no link since {w.Value:HH:mm:ss} UTC.",
        "The cable is not plugged in, the switch is off, or the interface was switched off.",
        $"Look at the cable and at the lights of the socket; 'ip link show {w.Key}'.",
        w.Value));
}
