using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>
/// Asks by ARP whether somebody uses an address before it is offered for the first time (RFC 2131 section 4.4.1 and 2.2;
/// the probe is that of RFC 5227 section 2.1.1, shortened: a client that asks waits for it). Pure: addresses and answers in,
/// probes to send and verdicts out. One thread.
/// </summary>
/// <param name="canAsk">Which interfaces can send ARP, by index.</param>
internal sealed class AddressProbes(IReadOnlyList<bool> canAsk)
{
    /// <summary>Addresses of each pool that are probed ahead, so that an OFFER seldom waits.</summary>
    public const int Ahead = 32;

    /// <summary>From the first question to the second.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(100);

    /// <summary>From the first question to the verdict.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a verdict holds.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    // More than any pool has ahead and any storm has waiting; what is beyond is offered without, and the client's own probe
    // (RFC 5227) is what remains.
    private const int Maximum = 1024;

    private readonly Dictionary<Ipv4Address, Probe> _probes = [];
    private readonly Queue<(DateTimeOffset Due, Probe Probe)> _second = new();
    private readonly Queue<Probe> _first = new();
    private DateTimeOffset _nextSweep;

    /// <summary>When <see cref="TryNext"/> has something to do.</summary>
    public DateTimeOffset Next => _first.Count > 0 ? DateTimeOffset.MinValue
        : _second.TryPeek(out (DateTimeOffset Due, Probe Probe) second) ? second.Due
        : DateTimeOffset.MaxValue;

    /// <summary>Addresses known or being asked about.</summary>
    public int Count => _probes.Count;

    /// <summary>What is known of an address; begins a probe if that is nothing.</summary>
    /// <param name="port">Index of the interface it is on.</param>
    /// <param name="address">The address.</param>
    /// <param name="client">Who would get it: its own answer counts for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="user">Who uses it, if it is taken.</param>
    public ProbeVerdict Ask(int port, Ipv4Address address, MacAddress client, DateTimeOffset now, out MacAddress user)
    {
        user = default;
        if (!_probes.TryGetValue(address, out Probe? probe) || now >= probe.Ends + Validity)
        {
            if (now >= _nextSweep)
            {
                Sweep(now);
            }

            if (_probes.Count >= Maximum || !canAsk[port])
            {
                return ProbeVerdict.Clear;
            }

            probe = new Probe(port, address, now + Patience);
            _probes[address] = probe;
            _first.Enqueue(probe);
        }

        if (probe.User is { } mac && mac != client)
        {
            user = mac;
            return ProbeVerdict.Taken;
        }

        return now >= probe.Ends ? ProbeVerdict.Clear : ProbeVerdict.Running;
    }

    /// <summary>Drops what is known of an address: it is given, or out of use.</summary>
    public void Forget(Ipv4Address address) => _probes.Remove(address);

    /// <summary>Takes the next question that is due; the caller sends it.</summary>
    public bool TryNext(DateTimeOffset now, out int port, out Ipv4Address address)
    {
        if (_first.TryDequeue(out Probe? probe))
        {
            _second.Enqueue((now + Repeat, probe));
        }
        else if (_second.TryPeek(out (DateTimeOffset Due, Probe Probe) second) && second.Due <= now)
        {
            probe = second.Probe;
            _second.Dequeue();
        }

        (port, address) = probe is null ? (0, default) : (probe.Port, probe.Address);
        return probe is not null;
    }

    /// <summary>Somebody said by ARP that it has an address. True if that is the answer to a probe; the caller puts the address out of use.</summary>
    public bool Answered(int port, Ipv4Address address, MacAddress mac, DateTimeOffset now)
    {
        if (!_probes.TryGetValue(address, out Probe? probe) || probe.Port != port || now >= probe.Ends || probe.User is not null)
        {
            return false;
        }

        probe.User = mac;
        return true;
    }

    private void Sweep(DateTimeOffset now)
    {
        _nextSweep = now + Patience;
        foreach ((Ipv4Address address, Probe probe) in _probes)
        {
            if (now >= probe.Ends + Validity)
            {
                _probes.Remove(address);
            }
        }
    }

    private sealed class Probe(int port, Ipv4Address address, DateTimeOffset ends)
    {
        public int Port { get; } = port;

        public Ipv4Address Address { get; } = address;

        public DateTimeOffset Ends { get; } = ends;

        /// <summary>Who answered.</summary>
        public MacAddress? User { get; set; }
    }
}
