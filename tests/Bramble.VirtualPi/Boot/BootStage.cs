namespace Bramble.VirtualPi.Boot;

/// <summary>The kinds of stage events, in the order of a boot.</summary>
public enum BootStage
{
    /// <summary>A DISCOVER went out.</summary>
    Discover,

    /// <summary>An OFFER that the board can use came in.</summary>
    Offered,

    /// <summary>The address is the board's (ACK; on a Pi 3, which never asks, as soon as the OFFER is taken).</summary>
    Bound,

    /// <summary>The first firmware file is there and the prefix is decided.</summary>
    Firmware,

    /// <summary>A file was read to its end and is what it should be.</summary>
    File,

    /// <summary>A file was asked for and the transfer broken off with "Early terminate".</summary>
    Probe,

    /// <summary>A file was answered with an error; the boot goes on.</summary>
    Missing,

    /// <summary>Every file is loaded: firmware would jump to the kernel now.</summary>
    Loaded,

    /// <summary>The kernel runs.</summary>
    Kernel,

    /// <summary>The root filesystem is mounted.</summary>
    Root,

    /// <summary>The system is up.</summary>
    Up,

    /// <summary>The board waits and begins its network boot again.</summary>
    Retry,

    /// <summary>The boot stands still, and why.</summary>
    Fault,
}
