using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Faults;

namespace Bramble.Serving;

/// <summary>
/// What the boot server serves now: the configuration in force and the mode that the DHCP server is in. Safe from any thread.
/// </summary>
/// <param name="config">The configuration.</param>
/// <param name="interfaces">The served interfaces.</param>
/// <param name="boxFaults">What the machine found wrong when it started.</param>
internal sealed class ServeState(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces, IReadOnlyList<Fault> boxFaults)
{
    private readonly Lock _gate = new();
    private FleetMode _mode = ServeSettings.Fleet(config, interfaces, boxFaults).Mode;
    private (BrambleConfig Config, IReadOnlyList<DhcpInterfaceOptions> Interfaces) _current = (config, interfaces);

    /// <summary>The configuration and the interfaces that it serves.</summary>
    public (BrambleConfig Config, IReadOnlyList<DhcpInterfaceOptions> Interfaces) Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>What the machine found wrong when it started.</summary>
    public IReadOnlyList<Fault> BoxFaults => boxFaults;

    /// <summary>Settings of the fleet.</summary>
    public FleetOptions FleetOptions
    {
        get
        {
            lock (_gate)
            {
                return ServeSettings.Fleet(_current.Config, _current.Interfaces, boxFaults) with { Mode = _mode };
            }
        }
    }

    /// <summary>Takes a new configuration.</summary>
    /// <param name="newConfig">The configuration.</param>
    /// <param name="newInterfaces">The served interfaces.</param>
    /// <param name="dhcp">The mode of the DHCP server; null where there is none.</param>
    /// <param name="apply">Gives the fleet its settings; called under the lock, so that the last settings are those in force.</param>
    public void Take(BrambleConfig newConfig, IReadOnlyList<DhcpInterfaceOptions> newInterfaces, DhcpMode? dhcp, Action<FleetOptions> apply)
    {
        lock (_gate)
        {
            (_current, _mode) = ((newConfig, newInterfaces), ModeOf(dhcp));
            apply(FleetOptions);
        }
    }

    /// <summary>In mode auto the DHCP server finds out by itself which mode it is in: takes that mode.</summary>
    /// <param name="dhcp">The mode of the DHCP server; null where there is none.</param>
    /// <param name="apply">Gives the fleet its settings, if they have changed; called under the lock.</param>
    public void Take(DhcpMode? dhcp, Action<FleetOptions> apply)
    {
        lock (_gate)
        {
            FleetMode mode = ModeOf(dhcp);
            if (mode != _mode)
            {
                _mode = mode;
                apply(FleetOptions);
            }
        }
    }

    private FleetMode ModeOf(DhcpMode? dhcp) => dhcp switch
    {
        DhcpMode.Server => FleetMode.Server,
        DhcpMode.Auto => _mode, // Not known yet: no change.
        _ => FleetMode.Proxy,
    };
}
