using Bramble.Linux.Net;

namespace Bramble.Fleet.Faults;

/// <summary>Other DHCP servers that were seen while this one gave addresses too. Pure; one is over when it was not seen for a while.</summary>
internal sealed class SecondServers
{
    /// <summary>The DHCP room looks, and reports, every five minutes: one look may be lost.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(12);

    private const int Maximum = 16;

    private readonly Dictionary<Ipv4Address, (MacAddress Mac, DateTimeOffset Since, DateTimeOffset Last)> _seen = [];

    /// <summary>One answered.</summary>
    public void Note(Ipv4Address server, MacAddress mac, DateTimeOffset now)
    {
        bool known = _seen.TryGetValue(server, out (MacAddress Mac, DateTimeOffset Since, DateTimeOffset Last) old);
        if (known || _seen.Count < Maximum)
        {
            _seen[server] = (mac, known ? old.Since : now, now);
        }
    }

    /// <summary>One fault for each that is there, the first seen first.</summary>
    public List<Fault> Judge(DateTimeOffset now)
    {
        foreach ((Ipv4Address server, (_, _, DateTimeOffset last)) in _seen)
        {
            if (now - last > GoneAfter)
            {
                _seen.Remove(server);
            }
        }

        return [.. _seen.OrderBy(static s => s.Value.Since).Select(static s => Fault.Of(
            FaultCode.SecondServer,
            $"{s.Key} ({s.Value.Mac}) answers DHCP too, last at {s.Value.Last:HH:mm:ss} UTC.",
            "A router or another boot server was connected or switched on while this one was giving the addresses.",
            $"Switch DHCP off on {s.Key}, or take it off this network. If it is to give the addresses, set [dhcp] mode = proxy (mode = auto has done so by itself).",
            s.Value.Since))];
    }
}
