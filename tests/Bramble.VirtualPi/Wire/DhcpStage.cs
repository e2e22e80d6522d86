namespace Bramble.VirtualPi.Wire;

/// <summary>The boot stages that send a DISCOVER.</summary>
internal enum DhcpStage
{
    /// <summary>The Pi 3's boot ROM.</summary>
    BootRom,

    /// <summary>bootcode.bin on a Pi 3.</summary>
    Bootcode,

    /// <summary>The EEPROM of a Pi 4 or 5.</summary>
    Eeprom,
}
