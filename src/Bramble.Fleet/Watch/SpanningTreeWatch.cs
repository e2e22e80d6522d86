using System.Globalization;
using Bramble.Fleet.Faults;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>Switches that keep new ports closed for long, one of each interface. Pure.</summary>
internal sealed class SpanningTreeWatch
{
    // From here on a Pi 3, which gives up after 25 s, runs out of tries.
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(5);

    // BPDUs come every 2 s.
    private static readonly TimeSpan s_goneAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset _proven;

    /// <summary>A BPDU came.</summary>
    public void Note(string networkInterface, in Bpdu bpdu, DateTimeOffset now)
    {
        DateTimeOffset since = _seen.TryGetValue(networkInterface, out Seen? old) && old.Bpdu.From == bpdu.From ? old.Since : now;
        _seen[networkInterface] = new Seen(bpdu, since, now);
    }

    /// <summary>A Pi 3 loads files: behind a port that opens late it would have given up.</summary>
    public void PortsOpenInTime(DateTimeOffset now) => _proven = now;

    /// <summary>The longest forward delay that is over the bound now; zero for none.</summary>
    public TimeSpan Delay(DateTimeOffset now) => _seen.Values.Where(s => IsFault(s, now)).Select(static s => s.Bpdu.ForwardDelay).DefaultIfEmpty().Max();

    /// <summary>One fault for each interface.</summary>
    public IEnumerable<Fault> Judge(DateTimeOffset now) => _seen.Where(s => IsFault(s.Value, now)).Select(static s =>
    {
        Bpdu bpdu = s.Value.Bpdu;
        string delay = bpdu.ForwardDelay.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        string closed = (2 * bpdu.ForwardDelay.TotalSeconds).ToString("0.#", CultureInfo.InvariantCulture);
        return Fault.Of(
            FaultCode.SpanningTree,
            $"The switch port {bpdu.From} on {s.Key} sends {Name(bpdu.Version)} messages with a forward delay of {delay} s: a port may be closed for {closed} s after a board's link comes up.",
            "Spanning tree is on and the boards' ports are ordinary ports, as from the factory. A Pi 3 gives up after 25 s and stays dark; a Pi 4 or 5 needs nearly two minutes.",
            "Make the boards' ports edge ports (portfast), or switch spanning tree off where there is no loop, or put a small unmanaged switch between.",
            s.Value.Since);
    });

    private bool IsFault(Seen seen, DateTimeOffset now) => seen.Bpdu.ForwardDelay > s_long && now - seen.Last < s_goneAfter && _proven < seen.Since;

    private static string Name(int version) => version switch { 0 => "STP", 2 => "RSTP", _ => "MSTP" };

    private sealed record Seen(Bpdu Bpdu, DateTimeOffset Since, DateTimeOffset Last);
}
