using System.Globalization;

namespace Bramble.Eeprom;

/// <summary>BOOT_ORDER of a Pi 4's or 5's EEPROM: hex digits, the last one first (docs/reference/pi-network-boot.md, "EEPROM settings"). Pure.</summary>
internal static class BootOrder
{
    private const int Longest = 8;

    private static readonly (char Digit, string Word, string Meaning)[] s_modes =
    [
        ('1', "sd", "SD card or eMMC"),
        ('2', "network", "network"),
        ('3', "rpiboot", "USB device (rpiboot), without end"),
        ('4', "usb", "USB disk"),
        ('5', "bcm-usb", "USB disk at the SoC's own port (not Pi 5)"),
        ('6', "nvme", "NVMe disk"),
        ('7', "http", "HTTP, with a signed image"),
        ('e', "stop", "stop with an error"),
        ('f', "restart", "begin anew"),
        ('0', "sd-detect", "wait for an SD card (old)"),
    ];

    /// <summary>Words that <see cref="TryMake"/> knows.</summary>
    public static string Words => string.Join(", ", s_modes.Select(static m => m.Word));

    /// <summary>What a value means, in the order in which the board tries it; null for a value that is none.</summary>
    public static IReadOnlyList<string>? Explain(string value)
    {
        string digits = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? value[2..].ToLowerInvariant() : "";
        if (digits.Length is 0 or > Longest)
        {
            return null;
        }

        var meanings = new List<string>();
        foreach (char digit in digits.Reverse())
        {
            string? meaning = Array.Find(s_modes, m => m.Digit == digit).Meaning;
            if (meaning is null)
            {
                return null;
            }

            meanings.Add(meaning);
        }

        return meanings;
    }

    /// <summary>The value for modes by their words; it ends with beginning anew where nothing else ends it.</summary>
    /// <param name="words">Such as <c>network,sd</c>.</param>
    /// <param name="value">Such as <c>0xf12</c>.</param>
    /// <param name="mistake">What is wrong, for a person.</param>
    public static bool TryMake(string words, out string value, out string mistake)
    {
        (value, mistake) = ("", "");
        var digits = new List<char>();
        foreach (string word in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int index = Array.FindIndex(s_modes, m => m.Word.Equals(word, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                mistake = $"'{word}' is no boot mode. There are: {Words}.";
                return false;
            }

            digits.Add(s_modes[index].Digit);
        }

        if (digits.Count == 0)
        {
            mistake = "Name at least one boot mode, such as network,sd.";
            return false;
        }

        int end = digits.FindIndex(static d => d is '3' or 'e' or 'f');
        if (end >= 0 && end < digits.Count - 1)
        {
            mistake = "Nothing comes after rpiboot, stop or restart: put it last.";
            return false;
        }

        if (end < 0)
        {
            digits.Add('f');
        }

        if (digits.Count > Longest)
        {
            mistake = string.Create(CultureInfo.InvariantCulture, $"A boot order has {Longest} modes at most.");
            return false;
        }

        digits.Reverse();
        value = "0x" + new string([.. digits]);
        return true;
    }
}
