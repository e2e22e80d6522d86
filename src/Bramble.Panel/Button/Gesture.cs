namespace Bramble.Panel.Button;

/// <summary>What a person did with the button. Every one of them happens when the button is let go.</summary>
public enum Gesture
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Pressed shortly.</summary>
    Short,

    /// <summary>Held for one to five seconds.</summary>
    Long,

    /// <summary>Held for five to twelve seconds.</summary>
    Shutdown,

    /// <summary>Let go while the factory reset counted down.</summary>
    ResetAborted,

    /// <summary>Held through the countdown, then let go in time.</summary>
    FactoryReset,
}
