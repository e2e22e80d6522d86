namespace Bramble.Dhcp.Boards;

/// <summary>Raspberry Pi models; the numbers are the type field (bits 4–11) of a new-style revision code.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Boards".</remarks>
public enum PiModel
{
    /// <summary>Not known; type 0 (Model A) cannot network boot and is never seen.</summary>
    Unknown = 0x00,

    /// <summary>2 Model B; only v1.2 (BCM2837) can network boot.</summary>
    Pi2B = 0x04,

    /// <summary>3 Model B.</summary>
    Pi3B = 0x08,

    /// <summary>Compute Module 3.</summary>
    Cm3 = 0x0a,

    /// <summary>3 Model B+.</summary>
    Pi3BPlus = 0x0d,

    /// <summary>Compute Module 3+.</summary>
    Cm3Plus = 0x10,

    /// <summary>4 Model B.</summary>
    Pi4B = 0x11,

    /// <summary>400.</summary>
    Pi400 = 0x13,

    /// <summary>Compute Module 4.</summary>
    Cm4 = 0x14,

    /// <summary>Compute Module 4S.</summary>
    Cm4S = 0x15,

    /// <summary>5.</summary>
    Pi5 = 0x17,

    /// <summary>Compute Module 5.</summary>
    Cm5 = 0x18,

    /// <summary>500 and 500+.</summary>
    Pi500 = 0x19,

    /// <summary>Compute Module 5 Lite.</summary>
    Cm5Lite = 0x1a,
}
