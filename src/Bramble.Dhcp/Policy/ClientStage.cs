namespace Bramble.Dhcp.Policy;

/// <summary>Which program of a board is asking, told apart by options 60, 93 and 97.</summary>
public enum ClientStage
{
    /// <summary>The boot ROM, bootcode.bin or the EEPROM bootloader: PXEClient with arch 0 and a Pi's option 97 or OUI.</summary>
    Firmware,

    /// <summary>UEFI or another PXE client started by the firmware (arch 6 and above).</summary>
    Uefi,

    /// <summary>Linux: initramfs or the running system; no PXEClient class.</summary>
    OperatingSystem,
}
