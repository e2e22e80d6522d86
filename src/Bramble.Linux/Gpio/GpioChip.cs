using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Gpio;

/// <summary>
/// A GPIO chip as the kernel describes it. System.Device.Gpio does not report the names of lines, so they are read here with the kernel's
/// character device, ABI version 2 (include/uapi/linux/gpio.h, kernel 5.10 and later). No line is requested.
/// </summary>
/// <param name="Number">The N of <c>/dev/gpiochipN</c>.</param>
/// <param name="Label">The driver's name for the chip, such as <c>pinctrl-bcm2711</c>.</param>
/// <param name="Lines">The name of each line, by offset; empty for a line without a name.</param>
public sealed unsafe record GpioChip(int Number, string Label, IReadOnlyList<string> Lines)
{
    private const string Prefix = "gpiochip";
    private const nuint GetChipInfo = 0x8044B401;
    private const nuint GetLineInfo = 0xC100B405;

    /// <summary>The offset of the line with this name, or -1.</summary>
    public int FindLine(string name)
    {
        for (int offset = 0; offset < Lines.Count; offset++)
        {
            if (Lines[offset] == name)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>All chips, by number.</summary>
    /// <param name="refused">Why one of them could not be read; null if all could.</param>
    /// <param name="devices">The folder of the device nodes.</param>
    public static IReadOnlyList<GpioChip> ReadAll(out IOException? refused, string devices = "/dev")
    {
        refused = null;
        var chips = new List<GpioChip>();
        foreach (string path in Directory.EnumerateFiles(devices, Prefix + "*"))
        {
            if (!int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                continue;
            }

            try
            {
                chips.Add(Read(path, number));
            }
            catch (IOException e)
            {
                refused ??= e;
            }
        }

        chips.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return chips;
    }

    /// <summary>Reads one chip.</summary>
    /// <exception cref="SystemCallException">The chip does not exist, or access is denied.</exception>
    internal static GpioChip Read(string path, int number)
    {
        int fd = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec, 0);
        if (fd < 0)
        {
            throw SystemCallException.Last($"open {path}");
        }

        try
        {
            ChipInfo chip = default;
            if (Libc.Ioctl(fd, GetChipInfo, &chip) < 0)
            {
                throw SystemCallException.Last($"read {path} as a GPIO chip");
            }

            string[] lines = new string[chip.Lines];
            for (int offset = 0; offset < lines.Length; offset++)
            {
                LineInfo line = default;
                line.Offset = (uint)offset;
                lines[offset] = Libc.Ioctl(fd, GetLineInfo, &line) == 0 ? Text(line.Name, 32) : "";
            }

            return new GpioChip(number, Text(chip.Label, 32), lines);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static string Text(byte* bytes, int length)
    {
        var text = new ReadOnlySpan<byte>(bytes, length);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>struct gpiochip_info, 68 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ChipInfo
    {
        public fixed byte Name[32];
        public fixed byte Label[32];
        public uint Lines;
    }

    /// <summary>struct gpio_v2_line_info, 256 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineInfo
    {
        public fixed byte Name[32];
        public fixed byte Consumer[32];
        public uint Offset;
        public uint AttributeCount;
        public ulong Flags;
        public fixed byte Attributes[160];
        public fixed uint Padding[4];
    }

    /// <summary>Sizes of the structures, for the tests: the kernel defines them.</summary>
    internal static (int Chip, int Line) Sizes => (sizeof(ChipInfo), sizeof(LineInfo));
}
