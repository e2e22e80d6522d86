namespace Bramble.Fleet.Timeline;

/// <summary>How far a boot has come.</summary>
public enum BootStage
{
    /// <summary>The firmware asked for an address.</summary>
    Discover,

    /// <summary>It was offered one, or boot information beside another server's offer.</summary>
    Offered,

    /// <summary>It has its address: acknowledged, or, on a Pi 3 which confirms nothing, in use.</summary>
    Bound,

    /// <summary>The firmware asks for files.</summary>
    Firmware,

    /// <summary>The kernel was sent, or runs.</summary>
    Kernel,

    /// <summary>It is connected to its root.</summary>
    Root,

    /// <summary>Its system said that it is up.</summary>
    Up,
}
