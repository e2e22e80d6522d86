namespace Bramble.Dhcp.Serving;

/// <summary>
/// Selects server or proxy for <see cref="DhcpMode.Auto"/>. Pure: time and sightings in, probes and mode out.
/// One packet never changes the mode of a running server, because anybody on the segment can forge it: the first sighting starts
/// a look, and only a second sighting makes a proxy. A proxy looks again after seconds until several looks in a row were answered,
/// and becomes a server after several looks without an answer, because two servers are worse than a router that is late.
/// A fixed server looks too, so that a second one is noticed, but never changes its mode.
/// </summary>
internal sealed class ModeSelector
{
    private const int MissesUntilServer = 3;
    private const int AnswersUntilTrusted = 3;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    // A look sends its two probes further apart than this, so a server that answers both is seen twice.
    private static readonly TimeSpan s_sightingsApart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sightingsTogether = TimeSpan.FromMinutes(1);

    private readonly bool _auto;
    private readonly TimeSpan _listen;
    private readonly TimeSpan _interval;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private DateTimeOffset? _sightedAt;
    private int _misses;
    private int _answers;
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
        _answers = 0;
        bool begins = Current == DhcpMode.Auto || (Current == DhcpMode.Proxy && _misses >= MissesUntilServer);
        if (begins)
        {
            Current = DhcpMode.Server;
        }

        // A new server looks again soon: another one may have started at the same moment.
        bool doubtful = _sightedAt is { } seen && now - seen <= s_sightingsTogether;
        NextStep = now + (Current == DhcpMode.Server && !begins && !doubtful ? _interval : s_retry);
        return false;
    }

    /// <summary>Records that another server offered or gave an address.</summary>
    /// <param name="now">The time.</param>
    /// <param name="answersProbe">True if it answered a probe of this server; false if it answered another client.</param>
    /// <param name="givesWay">True if it is a Bramble that becomes a proxy as soon as it sees this one, see <see cref="PeerLooks"/>.</param>
    public void OtherServerSeen(DateTimeOffset now, bool answersProbe, bool givesWay = false)
    {
        if (!_auto || (givesWay && Current == DhcpMode.Server))
        {
            return;
        }

        if (Current == DhcpMode.Server && !IsSecondSighting(now))
        {
            if (!_listening)
            {
                NextStep = now;
            }

            return;
        }

        bool wasProxy = Current == DhcpMode.Proxy;
        Current = DhcpMode.Proxy;
        _sightedAt = null;
        _misses = 0;
        if (answersProbe && _listening)
        {
            _answers++;
            _listening = false;
            NextStep = now + (_answers >= AnswersUntilTrusted ? _interval : s_retry);
        }
        else if (!wasProxy)
        {
            _answers = 0;
            _listening = false;
            NextStep = now + s_retry;
        }
    }

    private bool IsSecondSighting(DateTimeOffset now)
    {
        if (_sightedAt is { } first && now - first <= s_sightingsTogether)
        {
            return now - first >= s_sightingsApart;
        }

        _sightedAt = now;
        return false;
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
