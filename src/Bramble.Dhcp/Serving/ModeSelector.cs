namespace Bramble.Dhcp.Serving;

/// <summary>
/// Decides whether to be a server or a proxy (<see cref="DhcpMode.Auto"/>). Pure: time and sightings in, probes and mode out.
/// It becomes a proxy as soon as another server is seen, and a server only after several probes without an answer, for two
/// servers are worse than a router that is late. A fixed server looks too, so that a second one is noticed, but stays what it is.
/// </summary>
internal sealed class ModeSelector
{
    private const int MissesUntilServer = 3;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private readonly bool _auto;
    private readonly TimeSpan _listen;
    private readonly TimeSpan _interval;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private int _misses;
    private bool _listening;
    private bool _again;

    /// <summary>Makes a selector that looks for the first time at <paramref name="now"/>.</summary>
    /// <param name="options">Mode and times.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">From 0 to 1; how much longer than <see cref="DhcpOptions.ProbeListenTime"/> it listens. Two appliances that are switched on together must not listen for exactly the same time: the first to decide answers the probes of the second.</param>
    public ModeSelector(DhcpOptions options, DateTimeOffset now, double random)
    {
        _auto = options.Mode == DhcpMode.Auto;
        Current = options.Mode;
        _interval = options.ProbeInterval;
        _listen = options.ProbeListenTime * (1 + (random * 0.3));
        NextStep = options.Mode == DhcpMode.Proxy ? DateTimeOffset.MaxValue : now;
    }

    /// <summary>The mode now; <see cref="DhcpMode.Auto"/> while it is not known yet.</summary>
    public DhcpMode Current { get; private set; }

    /// <summary>When <see cref="Step"/> has something to do.</summary>
    public DateTimeOffset NextStep { get; private set; }

    /// <summary>Moves on in time. True if a probe is to be sent now.</summary>
    public bool Step(DateTimeOffset now)
    {
        if (now < NextStep)
        {
            return false;
        }

        if (!_listening)
        {
            _listening = true;
            _again = true;
            _lookedAt = now;
            NextStep = now + (_listen / 2);
            return true;
        }

        if (_again)
        {
            // The first may have been lost, or come before the switch port forwarded.
            _again = false;
            NextStep = now + (_listen / 2);
            return true;
        }

        _listening = false;
        _misses++;
        bool begins = Current == DhcpMode.Auto || (Current == DhcpMode.Proxy && _misses >= MissesUntilServer);
        if (begins)
        {
            Current = DhcpMode.Server;
        }

        // One that has just become a server soon looks again: another may have at the same moment.
        NextStep = now + (Current == DhcpMode.Server && !begins ? _interval : s_retry);
        return false;
    }

    /// <summary>Another server gave, or offered, an address.</summary>
    /// <param name="now">The time.</param>
    /// <param name="givesWay">True if it is a Bramble that becomes a proxy as soon as it sees this one, see <see cref="PeerLooks"/>.</param>
    public void OtherServerSeen(DateTimeOffset now, bool givesWay = false)
    {
        if (!_auto || (givesWay && Current == DhcpMode.Server))
        {
            return;
        }

        _misses = 0;
        _listening = false;
        Current = DhcpMode.Proxy;
        NextStep = now + _interval;
    }

    /// <summary>Another Bramble looks for servers. Of two that are servers the one with the higher address gives way, which needs that it sees the other's answer: it looks at once.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isLower">True if the other has the lower address.</param>
    public void PeerLooks(DateTimeOffset now, bool isLower)
    {
        if (_auto && isLower && Current == DhcpMode.Server && !_listening && now - _lookedAt > s_retry)
        {
            NextStep = now;
        }
    }
}
