namespace Bramble.VirtualPi.Models;

/// <summary>How one model with one EEPROM release behaves on the wire.</summary>
public sealed record PiProfile
{
    /// <summary>The board.</summary>
    public required PiModel Model { get; init; }

    /// <summary>Release date of the EEPROM bootloader; of no meaning on a Pi 3.</summary>
    public required DateOnly Eeprom { get; init; }

    /// <summary>The boot ROM's defects; none on boards with an EEPROM.</summary>
    public required RomBugs Bugs { get; init; }

    /// <summary>True for boards whose boot ROM loads bootcode.bin over the network.</summary>
    public bool HasBootRom => Model is PiModel.Pi3B or PiModel.Pi3BPlus;

    /// <summary>Form of option 97 after the boot ROM.</summary>
    public required UuidForm Uuid { get; init; }

    /// <summary>Block size asked for; 0 when the client sends no blksize option.</summary>
    public required int BlockSize { get; init; }

    /// <summary>True when the client's block counter ends at 65535: a longer file is cut.</summary>
    public required bool EndsAtBlock65535 { get; init; }

    /// <summary>True when a repeated DATA is acknowledged again (EEPROM from 2021-02-16 on).</summary>
    public required bool AcksRepeatedData { get; init; }

    /// <summary>True when an OFFER with zero padding before the end option is understood (EEPROM from 2020-01-17 on).</summary>
    public required bool UnderstandsPadding { get; init; }

    /// <summary>True when more than the first entry of the PXE menu is looked at (EEPROM from 2020-01-09 on).</summary>
    public required bool ReadsWholeMenu { get; init; }

    /// <summary>True for the EEPROM of 2019-12-03, which misreads octets of fewer than three digits in option 66.</summary>
    public required bool MisreadsShortOctets { get; init; }

    /// <summary>True when REQUEST carries the vendor class (seen in 2021, missing in January 2020).</summary>
    public required bool VendorClassInRequest { get; init; }

    /// <summary>EEPROM DHCP_TIMEOUT: the whole DHCP phase.</summary>
    public TimeSpan DhcpTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>EEPROM DHCP_REQ_TIMEOUT: base of the growing pause between DISCOVERs.</summary>
    public TimeSpan DhcpRequestTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How near to each other the router's OFFER and the boot server's lock a boot ROM that has <see cref="RomBugs.LocksOnFastProxy"/>.
    /// The cure that its makers give is a delay of 2 s after the DISCOVER, of which the router's own answer takes a little.
    /// </summary>
    public TimeSpan ProxyLockWindow { get; init; } = TimeSpan.FromSeconds(1.9);

    /// <summary>EEPROM TFTP_FILE_TIMEOUT: limit for one file.</summary>
    public TimeSpan FileTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after a failed TFTP phase (EEPROM from 2020-06-03 on).</summary>
    public required TimeSpan RetryPause { get; init; }

    /// <summary>Name of the board's device tree.</summary>
    public string DeviceTree => Model switch
    {
        PiModel.Pi3B => "bcm2710-rpi-3-b.dtb",
        PiModel.Pi3BPlus => "bcm2710-rpi-3-b-plus.dtb",
        PiModel.Pi4B => "bcm2711-rpi-4-b.dtb",
        _ => "bcm2712-rpi-5-b.dtb",
    };

    /// <summary>Name of the SoC family in overlay_map.dtb.</summary>
    public string OverlayPlatform => Model switch
    {
        PiModel.Pi4B => "bcm2711",
        PiModel.Pi5 => "bcm2712",
        _ => "bcm2835",
    };

    /// <summary>The newest EEPROM known of a model.</summary>
    public static DateOnly NewestEeprom(PiModel model) => model == PiModel.Pi5 ? new DateOnly(2026, 5, 26) : new DateOnly(2026, 5, 17);

    /// <summary>The profile of a model with an EEPROM release.</summary>
    /// <param name="model">The board.</param>
    /// <param name="eeprom">Release date; null for the newest known.</param>
    /// <param name="bugs">The boot ROM's defects; null for those that the model really has.</param>
    public static PiProfile Create(PiModel model, DateOnly? eeprom = null, RomBugs? bugs = null)
    {
        DateOnly date = eeprom ?? NewestEeprom(model);
        bool rom = model is PiModel.Pi3B or PiModel.Pi3BPlus;
        bool since(int year, int month, int day) => rom || date >= new DateOnly(year, month, day);
        return new PiProfile
        {
            Model = model,
            Eeprom = date,
            Bugs = model switch
            {
                PiModel.Pi3B => bugs ?? RomBugs.Pi3B,
                PiModel.Pi3BPlus => bugs ?? RomBugs.Pi3BPlus,
                _ => RomBugs.None,
            },
            Uuid = UuidFormOf(model, date),
            BlockSize = rom || !since(2019, 10, 8) ? 0 : since(2022, 10, 3) ? 1468 : 1024,
            // start.elf of a Pi 3 counts as start4.elf of the same years did; nothing newer is known of it.
            EndsAtBlock65535 = rom || !since(2025, 9, 23),
            AcksRepeatedData = since(2021, 2, 16),
            UnderstandsPadding = since(2020, 1, 17),
            ReadsWholeMenu = since(2020, 1, 9),
            MisreadsShortOctets = !rom && since(2019, 12, 3) && !since(2020, 1, 9),
            VendorClassInRequest = since(2020, 3, 1),
            RetryPause = since(2020, 6, 3) ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(16),
        };
    }

    private static UuidForm UuidFormOf(PiModel model, DateOnly date) => model switch
    {
        PiModel.Pi3B or PiModel.Pi3BPlus => UuidForm.SerialFourTimes,
        PiModel.Pi5 => date < new DateOnly(2023, 10, 30) ? UuidForm.FourCc4Reversed : UuidForm.FourCc5Reversed,
        _ when date < new DateOnly(2020, 3, 4) => UuidForm.SerialFourTimes,
        _ when date < new DateOnly(2020, 3, 16) => UuidForm.FourCc4WithoutMac,
        // The order turned round at some date in 2021 that no source names.
        _ when date < new DateOnly(2021, 7, 1) => UuidForm.FourCc4,
        _ => UuidForm.FourCc4Reversed,
    };
}
