namespace Bramble.Dhcp.Serving;

/// <summary>
/// Decides whether to be a server or a proxy (<see cref="DhcpMode.Auto"/>). Pure: time and sightings in, probes and mode out.
/// It becomes a proxy as soon as another server is seen, and a server only after several probes without an answer, for two
/// servers are worse than a router that is late.
/// </summary>
internal sealed class ModeSelector
{
    private const int MissesUntilServer = 3;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private readonly bool _auto;
    private readonly TimeSpan _listen;
    private readonly TimeSpan _interval;
    private int _misses;
    private bool _listening;
    private bool _again;

    public ModeSelector(DhcpOptions options, DateTimeOffset now)
    {
        _auto = options.Mode == DhcpMode.Auto;
        Current = options.Mode;
        _interval = options.ProbeInterval;

        // Two appliances that are switched on together must not listen for exactly the same time: the first to decide
        // answers the probes of the second.
        _listen = options.ProbeListenTime * (1 + (Random.Shared.NextDouble() * 0.3));
        NextStep = _auto ? now : DateTimeOffset.MaxValue;
    }

    /// <summary>The mode now; <see cref="DhcpMode.Auto"/> while it is not known yet.</summary>
    public DhcpMode Current { get; private set; }

    /// <summary>When <see cref="Step"/> has something to do.</summary>
    public DateTimeOffset NextStep { get; private set; }

    /// <summary>Moves on in time. True if a probe is to be sent now.</summary>
    public bool Step(DateTimeOffset now)
    {
        if (!_auto || now < NextStep)
        {
            return false;
        }

        if (!_listening)
        {
            _listening = true;
            _again = true;
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
        if (Current == DhcpMode.Auto || _misses >= MissesUntilServer)
        {
            Current = DhcpMode.Server;
        }

        NextStep = now + (Current == DhcpMode.Server ? _interval : s_retry);
        return false;
    }

    /// <summary>Another server gave, or offered, an address.</summary>
    public void OtherServerSeen(DateTimeOffset now)
    {
        _misses = 0;
        _listening = false;
        if (_auto)
        {
            Current = DhcpMode.Proxy;
            NextStep = now + _interval;
        }
    }
}
