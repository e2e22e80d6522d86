namespace Bramble.Dhcp.Wire;

/// <summary>Option 43 as Raspberry Pi firmware wants it (docs/reference/pi-network-boot.md, "What the reply must carry").</summary>
public static class PxeMenu
{
    /// <summary>Option 60 of every answer to a PXE client.</summary>
    public static ReadOnlySpan<byte> VendorClass => "PXEClient"u8;

    /// <summary>
    /// PXE sub-options: 6 discovery control 3 (neither broadcast nor multicast), 10 prompt (no wait, "PXE"), 9 menu with
    /// one entry "Raspberry Pi Boot" and three spaces. 35 octets. The Pi 3 boot ROM matches only with the three spaces (it gets the length of
    /// the text wrong); Pi 4 and 5 look for the text as a part and take this form too.
    /// </summary>
    public static ReadOnlySpan<byte> RaspberryPiBoot =>
    [
        6, 1, 3,
        10, 4, 0, (byte)'P', (byte)'X', (byte)'E',
        9, 23, 0, 0, 20,
        (byte)'R', (byte)'a', (byte)'s', (byte)'p', (byte)'b', (byte)'e', (byte)'r', (byte)'r', (byte)'y', (byte)' ',
        (byte)'P', (byte)'i', (byte)' ', (byte)'B', (byte)'o', (byte)'o', (byte)'t', (byte)' ', (byte)' ', (byte)' ',
        255,
    ];

    /// <summary>
    /// For UEFI: PXE sub-option 6 with bit 3, "take the boot file named in this message, without menu or discovery of boot
    /// servers" (PXE 2.1 section 2.2.3, table 2-1).
    /// </summary>
    public static ReadOnlySpan<byte> BootFileOnly => [6, 1, 8, 255];
}
