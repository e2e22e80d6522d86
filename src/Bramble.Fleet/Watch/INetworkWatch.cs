namespace Bramble.Fleet.Watch;

/// <summary>What goes by on the served networks without being asked for.</summary>
public interface INetworkWatch
{
    /// <summary>Hands over what came since the last time. Called every second on a background thread; never waits.</summary>
    void Look(INetworkSeen seen);

    /// <summary>Hands over what bootloaders logged since the last time. Never waits.</summary>
    /// <returns>True if it listens to them: look again soon.</returns>
    bool LookAtLogs(INetworkSeen seen);
}
