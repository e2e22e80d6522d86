namespace Bramble.Panel.Button;

/// <summary>How long the button has been held, by what letting go would do.</summary>
public enum HoldStage
{
    /// <summary>It is not held.</summary>
    None,

    /// <summary>Letting go is a short press.</summary>
    Short,

    /// <summary>Letting go opens or closes pairing.</summary>
    Pairing,

    /// <summary>Letting go shuts down.</summary>
    Shutdown,

    /// <summary>The factory reset counts down; letting go stops it.</summary>
    Countdown,

    /// <summary>Letting go resets.</summary>
    Reset,

    /// <summary>Held too long, as a stuck line is: letting go does nothing.</summary>
    TooLong,
}
