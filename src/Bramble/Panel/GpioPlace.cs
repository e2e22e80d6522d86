using System.Globalization;
using Bramble.Configuration;
using Bramble.Linux.Gpio;

namespace Bramble.Panel;

/// <summary>Finds the chip and the line that the configuration means.</summary>
internal static class GpioPlace
{
    /// <summary>
    /// Opens the chip. A number means that GPIO of the 40-pin header: the line named <c>GPIO17</c>, which every Raspberry Pi's device tree has, and
    /// otherwise line 17 of the first chip. Numbers of chips differ between models and kernels; names of lines do not.
    /// </summary>
    /// <exception cref="IOException">There is no such line, or no right to use it.</exception>
    public static GpioChip Open(PanelPart part, out int offset)
    {
        bool isNumber = int.TryParse(part.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (part.Chip.Length > 0)
        {
            GpioChip named = GpioChip.Open("/dev/" + part.Chip);
            offset = isNumber ? number : named.FindLine(part.Name);
            return Checked(named, offset, part);
        }

        IReadOnlyList<string> paths = GpioChip.List();
        IOException? refused = null;
        foreach (string path in paths)
        {
            GpioChip chip;
            try
            {
                chip = GpioChip.Open(path);
            }
            catch (IOException e)
            {
                refused ??= e;
                continue;
            }

            offset = chip.FindLine(isNumber ? $"GPIO{number}" : part.Name);
            if (offset >= 0)
            {
                return chip;
            }

            chip.Dispose();
        }

        if (!isNumber || paths.Count == 0 || refused is not null)
        {
            throw refused ?? new IOException(paths.Count == 0 ? "This machine has no GPIO chip." : $"No GPIO line is named '{part.Name}'.");
        }

        offset = number;
        return Checked(GpioChip.Open(paths[0]), offset, part);
    }

    private static GpioChip Checked(GpioChip chip, int offset, PanelPart part)
    {
        if (offset >= 0 && offset < chip.Lines)
        {
            return chip;
        }

        int lines = chip.Lines;
        chip.Dispose();
        throw new IOException($"There is no GPIO line '{part.Name}' on this chip, which has {lines}.");
    }
}
