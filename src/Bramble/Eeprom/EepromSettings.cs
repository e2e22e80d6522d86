namespace Bramble.Eeprom;

/// <summary>The settings of a Pi 4's or 5's EEPROM (<c>boot.conf</c>) in words. Pure.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "EEPROM settings".</remarks>
internal static class EepromSettings
{
    private static readonly Dictionary<string, Func<string, string>> s_known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BOOT_ORDER"] = static v => BootOrder.Explain(v) is { } modes ? "tries " + string.Join(", then ", modes) : "is no boot order: hex digits such as 0xf21",
        ["NET_BOOT_MAX_RETRIES"] = static v => v == "-1" ? "the network is tried for ever" : $"the network is tried {v} more times before the next mode",
        ["DHCP_TIMEOUT"] = static v => $"DHCP as a whole may take {Seconds(v)} (at least 5 s)",
        ["DHCP_REQ_TIMEOUT"] = static v => $"a DHCP request is repeated after {Seconds(v)}, then ever later",
        ["TFTP_FILE_TIMEOUT"] = static v => $"one file may take {Seconds(v)} (at least 5 s): this limits its size",
        ["TFTP_IP"] = static v => v.Length == 0 ? "the boot server of DHCP is asked" : $"{v} is asked for files, whatever DHCP says: Bramble sees no request unless this is its address",
        ["TFTP_PREFIX"] = static v => v switch { "0" => "files are asked for under the serial number", "1" => "files are asked for under TFTP_PREFIX_STR", "2" => "files are asked for under the MAC address", _ => "is none of 0, 1, 2" },
        ["TFTP_PREFIX_STR"] = static v => v.Length > 32 || (v.Length > 0 && !v.EndsWith('/')) ? "must end in / and have 32 characters at most" : $"the prefix of TFTP_PREFIX=1: '{v}'",
        ["CLIENT_IP"] = static v => v.Length == 0 ? "the address comes from DHCP" : $"the board takes {v}; with TFTP_IP it does no DHCP at all, and Bramble cannot name it",
        ["SUBNET"] = static v => $"the subnet mask for CLIENT_IP: {v}",
        ["GATEWAY"] = static v => $"the router for CLIENT_IP: {v}",
        ["PXE_OPTION43"] = static v => $"the boot menu is known by '{v}'; Bramble offers 'Raspberry Pi Boot'",
        ["DHCP_OPTION97"] = static v => v == "0" ? "option 97 is the serial number four times, as on a Pi 3" : $"option 97 begins with {v}",
        ["MAC_ADDRESS"] = static v => v.Length == 0 ? "its own MAC address" : $"the MAC address is {v}",
        ["HTTP_HOST"] = static v => $"HTTP boot asks {v}",
        ["HTTP_PORT"] = static v => $"at port {v}",
        ["HTTP_PATH"] = static v => $"for /{v}/boot.img",
        ["NET_INSTALL_ENABLED"] = static v => v == "1" ? "the network installer may be started by a key" : "there is no network installer",
        ["ENABLE_SELF_UPDATE"] = static v => v == "1" ? "an EEPROM update in the boot folder is taken" : "EEPROM updates in the boot folder are left alone",
        ["FREEZE_VERSION"] = static v => v == "1" ? "the EEPROM is never updated" : "the EEPROM may be updated",
        ["MAX_RESTARTS"] = static v => v == "-1" ? "it begins anew without end" : $"it begins anew {v} times",
        ["USE_IPV6"] = static v => v == "1" ? "IPv6 is tried; Bramble answers IPv4 only" : "IPv4 only",
        ["NETCONSOLE"] = Netconsole.Explain,
        ["SIGNED_BOOT"] = static v => v == "1" ? "only a signed boot.img is booted" : "unsigned files are booted",
        ["BOOT_UART"] = static v => v == "1" ? "the bootloader's log goes to the serial port" : "no log on the serial port",
        ["POWER_OFF_ON_HALT"] = static v => v == "1" ? "halt switches the power off" : "halt leaves the power on",
        ["WAKE_ON_GPIO"] = static v => v == "1" ? "GPIO3 wakes it after halt" : "GPIO3 does not wake it",
        ["DISABLE_HDMI"] = static v => v == "1" ? "nothing is shown on the screen" : "the bootloader shows itself on the screen",
    };

    /// <summary>Explains a <c>boot.conf</c>, line by line; a last one without a number says what is missing.</summary>
    public static IEnumerable<EepromLine> Explain(string text)
    {
        bool order = false;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == '[')
            {
                yield return new EepromLine(number, line, null, line is "[all]" ? "for every board" : "only for boards of this kind");
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                yield return new EepromLine(number, line, null, $"line {number} is no setting: NAME=VALUE");
                continue;
            }

            (string name, string value) = (line[..equals].Trim(), line[(equals + 1)..].Trim());
            order |= name.Equals("BOOT_ORDER", StringComparison.OrdinalIgnoreCase);
            yield return new EepromLine(
                number, line, name, s_known.TryGetValue(name, out Func<string, string>? meaning) ? meaning(value) : "a setting that has nothing to do with network boot, or that is not known here");
        }

        if (!order)
        {
            yield return new EepromLine(0, "", "BOOT_ORDER", "There is no BOOT_ORDER: a Pi 4 tries SD card, USB disk; a Pi 5 SD card, NVMe, USB disk; neither the network.");
        }
    }

    /// <summary>How a value gets into a board, and back.</summary>
    /// <param name="model"><c>3b</c>, <c>4b</c>, <c>cm4</c>, <c>5</c> or <c>cm5</c>; null for those with an EEPROM.</param>
    public static IReadOnlyList<string> HowTo(string? model) => model switch
    {
        "3b" or "3b+" or "2b" => ["This model has no EEPROM: a Pi 3B+ boots from the network as it is, a Pi 3B after its fuse was set.", "See the guide on preparing a board."],
        "cm4" or "cm5" => ["With rpiboot from another computer: put this into usbboot's recovery folder as boot.conf, run update-pieeprom.sh, then rpiboot -d recovery."],
        _ =>
        [
            "In a running Raspberry Pi OS on the board: sudo rpi-eeprom-config --apply boot.conf, then restart it.",
            "Without one: Raspberry Pi Imager, Misc utility images, Bootloader, Network Boot; start the board once from that card.",
            "Back to the card: BOOT_ORDER=0xf41 (Pi 4) or 0xf461 (Pi 5), in the same way.",
        ],
    };

    private static string Seconds(string milliseconds) => int.TryParse(milliseconds, out int ms)
        ? (ms / 1000.0).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture) + " s" : $"'{milliseconds}' (no number of milliseconds)";
}
