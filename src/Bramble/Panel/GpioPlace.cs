using System.Globalization;
using Bramble.Configuration;
using Bramble.Linux.Gpio;

namespace Bramble.Panel;

/// <summary>Finds the chip and the line that the configuration names.</summary>
internal static class GpioPlace
{
    // GPIO 0 to 27 are on the 40-pin header; the SoC's other lines drive parts of the board.
    private const int LastOfHeader = 27;

    // The chips that the header is connected to: Raspberry Pi 1 to 3, 4, and 5.
    private static readonly string[] s_headerLabels = ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"];

    /// <summary>
    /// Finds a line. A number is that GPIO of the 40-pin header: the line named <c>GPIO17</c>, or line 17 of the header's chip. Not every device
    /// tree names the lines (Debian's for the Raspberry Pi 5 does not), and the numbers of chips depend on the order in which their drivers load,
    /// so no other chip is ever chosen by its number alone.
    /// </summary>
    /// <param name="part">A part of kind <see cref="PanelPartKind.Gpio"/>.</param>
    /// <param name="chips">The chips of the machine.</param>
    /// <param name="refused">Why a chip could not be read; null if all could.</param>
    /// <exception cref="IOException">No line is certain to be the one that is meant.</exception>
    public static (int Chip, int Line) Find(PanelPart part, IReadOnlyList<GpioChip> chips, IOException? refused = null)
    {
        bool isNumber = int.TryParse(part.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (part.Chip.Length > 0)
        {
            return FindOn(part, chips.FirstOrDefault(chip => NameOf(chip) == part.Chip), isNumber ? number : null, refused);
        }

        string name = isNumber ? string.Create(CultureInfo.InvariantCulture, $"GPIO{number}") : part.Name;
        GpioChip[] named = [.. chips.Where(chip => chip.FindLine(name) >= 0)];
        GpioChip? chosen = named.FirstOrDefault(IsHeader) ?? (named.Length == 1 ? named[0] : null);
        if (chosen is not null)
        {
            return (chosen.Number, chosen.FindLine(name));
        }

        if (named.Length > 1)
        {
            throw new IOException($"{string.Join(" and ", named.Select(NameOf))} both have a line {name}: {NameTheChip(named[0], part)}");
        }

        if (isNumber && chips.FirstOrDefault(IsHeader) is { } header)
        {
            return number <= LastOfHeader
                ? FindOn(part, header, number, refused)
                : throw new IOException($"GPIO {number} is not on the 40-pin header, which has GPIO 0 to {LastOfHeader}: {NameTheChip(header, part)}");
        }

        throw refused ?? new IOException(
            chips.Count == 0 ? "This machine has no GPIO chip."
            : !isNumber ? $"No GPIO line is named '{name}'."
            : $"This machine has no line {name}, and no chip that a Raspberry Pi's header is connected to: it has {string.Join(", ", chips.Select(Describe))}. "
                + $"For one of these {NameTheChip(chips[0], part)}");
    }

    private static (int Chip, int Line) FindOn(PanelPart part, GpioChip? chip, int? number, IOException? refused)
    {
        if (chip is null)
        {
            throw refused ?? new IOException($"This machine has no GPIO chip '{part.Chip}'.");
        }

        int line = number ?? chip.FindLine(part.Name);
        return line >= 0 && line < chip.Lines.Count
            ? (chip.Number, line)
            : throw new IOException($"{Describe(chip)} has no line '{part.Name}'; it has {chip.Lines.Count}.");
    }

    private static bool IsHeader(GpioChip chip) => s_headerLabels.Contains(chip.Label);

    private static string NameOf(GpioChip chip) => string.Create(CultureInfo.InvariantCulture, $"gpiochip{chip.Number}");

    private static string Describe(GpioChip chip) => $"{NameOf(chip)} ({chip.Label})";

    private static string NameTheChip(GpioChip chip, PanelPart part) => $"name the chip, as in gpio:{NameOf(chip)}/{part.Name}.";
}
