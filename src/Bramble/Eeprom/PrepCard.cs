using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bramble.Eeprom;

/// <summary>What is on the card that gets a fresh board to network boot. Pure.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "EEPROM settings" and "Boot modes".</remarks>
internal static class PrepCard
{
    /// <summary>Names of the models that <c>--model</c> takes.</summary>
    public static IReadOnlyList<string> Models { get; } = ["2b", "3b", "3b+", "4b", "400", "5", "500"];

    /// <summary>True for models whose boot ROM reads <c>bootcode.bin</c>; the others have an EEPROM.</summary>
    public static bool HasNoEeprom(string model) => model is "2b" or "3b" or "3b+";

    /// <summary>The files that a card with <c>bootcode.bin</c> needs of a boot folder.</summary>
    /// <param name="fuse">The card is to set the fuse of a Pi 3B or 2B v1.2, which the firmware does.</param>
    public static IReadOnlyList<string> FilesOf(bool fuse) => fuse ? ["bootcode.bin", "start.elf", "fixup.dat"] : ["bootcode.bin"];

    /// <summary>The firmware's settings on a card that sets the fuse.</summary>
    public static string FuseSettings => "# Sets the fuse that lets this board boot from the network, for ever. It sets that of every board that is started with this card.\nprogram_usb_boot_mode=1\n";

    /// <summary>The files of a card that writes a bootloader with other settings into the EEPROM.</summary>
    /// <param name="recovery"><c>recovery.bin</c>, which the boot ROM loads from the card.</param>
    /// <param name="image">The bootloader's image.</param>
    /// <param name="order">The boot order, such as 0xf21.</param>
    /// <param name="now">The time for the signature.</param>
    /// <exception cref="FormatException">The image is none.</exception>
    public static IReadOnlyList<(string Name, byte[] Content)> EepromFiles(byte[] recovery, byte[] image, string order, DateTimeOffset now)
    {
        byte[] made = EepromImage.WithSettings(image, WithOrder(EepromImage.ReadSettings(image), order));
        string digest = string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(made))}\nts: {now.ToUnixTimeSeconds()}\n");
        return [("recovery.bin", recovery), ("pieeprom.bin", made), ("pieeprom.sig", Encoding.ASCII.GetBytes(digest))];
    }

    /// <summary>Settings with another boot order; everything else stays.</summary>
    internal static string WithOrder(string settings, string order)
    {
        var lines = settings.TrimEnd('\0', '\n').Split('\n').Select(static l => l.TrimEnd('\r')).ToList();
        int at = lines.FindIndex(static l => l.TrimStart().StartsWith("BOOT_ORDER=", StringComparison.OrdinalIgnoreCase));
        lines.RemoveAll(static l => l.TrimStart().StartsWith("BOOT_ORDER=", StringComparison.OrdinalIgnoreCase));
        if (at < 0 && !lines.Contains("[all]"))
        {
            lines.Insert(0, "[all]");
        }

        lines.Insert(at >= 0 ? at : lines.IndexOf("[all]") + 1, "BOOT_ORDER=" + order);
        return string.Join('\n', lines) + "\n";
    }
}
