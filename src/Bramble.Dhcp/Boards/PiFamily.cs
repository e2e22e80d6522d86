namespace Bramble.Dhcp.Boards;

/// <summary>Boards that behave alike on the wire.</summary>
public enum PiFamily
{
    /// <summary>Not recognised as a Raspberry Pi.</summary>
    None,

    /// <summary>BCM2837: boot ROM and bootcode.bin; no DHCPREQUEST, three spaces after the PXE menu text.</summary>
    Pi3,

    /// <summary>BCM2711: EEPROM bootloader, then start4.elf.</summary>
    Pi4,

    /// <summary>BCM2712: EEPROM bootloader only.</summary>
    Pi5,
}
