namespace Bramble.VirtualPi.Models;

/// <summary>The boards whose network boot is modelled. Sources of every fact: <c>docs/reference/pi-network-boot.md</c>.</summary>
public enum PiModel
{
    /// <summary>Raspberry Pi 3 Model B, BCM2837 A0: the boot ROM with all its bugs.</summary>
    Pi3B,

    /// <summary>Raspberry Pi 3 Model B+, BCM2837B0: the same ROM with most bugs fixed.</summary>
    Pi3BPlus,

    /// <summary>Raspberry Pi 4 Model B, BCM2711: EEPROM, then start4.elf.</summary>
    Pi4B,

    /// <summary>Raspberry Pi 5, BCM2712: EEPROM alone.</summary>
    Pi5,
}
