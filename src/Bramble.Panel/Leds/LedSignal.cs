namespace Bramble.Panel.Leds;

/// <summary>What the status LED tells. Of several that hold at once, the one that stands further down is shown.</summary>
public enum LedSignal
{
    /// <summary>Nothing: dark.</summary>
    Off,

    /// <summary>Bramble starts.</summary>
    Starting,

    /// <summary>It serves, and all is well.</summary>
    Serving,

    /// <summary>At least one client is booting.</summary>
    Booting,

    /// <summary>Something wants a look, but nothing is broken: a board waits to be let in, the disk is nearly full.</summary>
    Attention,

    /// <summary>A client does not boot, or the cable is out.</summary>
    Fault,

    /// <summary>Pairing is open: boards that ask are taken in.</summary>
    Pairing,

    /// <summary>An update is being installed: do not pull the plug.</summary>
    Updating,

    /// <summary>Shutting down: wait.</summary>
    ShuttingDown,

    /// <summary>The button is held, less than a second so far.</summary>
    HoldShort,

    /// <summary>The button is held; letting go opens or closes pairing.</summary>
    HoldPairing,

    /// <summary>The button is held; letting go shuts down.</summary>
    HoldShutdown,

    /// <summary>The button is held, the factory reset counts down; letting go stops it.</summary>
    HoldCountdown,

    /// <summary>The countdown is over: letting go now resets.</summary>
    HoldReset,

    /// <summary>The button was held too long: letting go does nothing.</summary>
    HoldTooLong,
}
