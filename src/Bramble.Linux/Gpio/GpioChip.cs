using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Devices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Gpio;

/// <summary>A GPIO chip by the kernel's character device, ABI version 2 (include/uapi/linux/gpio.h, kernel 5.10 and later).</summary>
public sealed unsafe class GpioChip : IDisposable
{
    private const nuint GetChipInfo = 0x8044B401;
    private const nuint GetLineInfo = 0xC100B405;
    private const nuint GetLine = 0xC250B407;

    private readonly string _path;
    private int _fd;

    private GpioChip(string path, int fd, string label, int lines) => (_path, _fd, Label, Lines) = (path, fd, label, lines);

    /// <summary>What the chip's driver calls it, such as <c>pinctrl-bcm2711</c>.</summary>
    public string Label { get; }

    /// <summary>Number of its lines.</summary>
    public int Lines { get; }

    /// <summary>Opens a chip.</summary>
    /// <param name="path">Such as <c>/dev/gpiochip0</c>.</param>
    /// <exception cref="SystemCallException">There is none, or no right to use it.</exception>
    public static GpioChip Open(string path)
    {
        int fd = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec, 0);
        if (fd < 0)
        {
            throw SystemCallException.Last($"open {path}");
        }

        ChipInfo info = default;
        if (Libc.Ioctl(fd, GetChipInfo, &info) < 0)
        {
            SystemCallException failure = SystemCallException.Last($"{path} is no GPIO chip");
            _ = Libc.Close(fd);
            throw failure;
        }

        return new GpioChip(path, fd, Text(info.Label, 32), (int)info.Lines);
    }

    /// <summary>Paths of all chips, by number.</summary>
    public static IReadOnlyList<string> List(string devices = "/dev")
    {
        const string prefix = "gpiochip";
        return [.. Directory.EnumerateFiles(devices, prefix + "*")
            .Select(path => (Path: path, Number: int.TryParse(Path.GetFileName(path).AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1))
            .Where(chip => chip.Number >= 0).OrderBy(chip => chip.Number).Select(chip => chip.Path)];
    }

    /// <summary>Finds a line by its name, such as <c>GPIO17</c>.</summary>
    /// <returns>Its offset, or -1.</returns>
    public int FindLine(string name)
    {
        for (int offset = 0; offset < Lines; offset++)
        {
            LineInfo info = default;
            info.Offset = (uint)offset;
            if (Libc.Ioctl(_fd, GetLineInfo, &info) == 0 && Text(info.Name, 32) == name)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>Takes a line as an input that tells its edges.</summary>
    /// <param name="offset">Which line of the chip.</param>
    /// <param name="activeLow">A low level counts as active; the chip's pull-up is switched on then, else its pull-down.</param>
    /// <param name="debounce">Asks the kernel to leave out shorter spells; zero to hear all.</param>
    /// <exception cref="SystemCallException">The line is in use (the message of the kernel is "Device or resource busy"), or there is none.</exception>
    public GpioInput OpenInput(int offset, bool activeLow, TimeSpan debounce)
    {
        ulong flags = GpioFlags.Input | GpioFlags.EdgeRising | GpioFlags.EdgeFalling
            | (activeLow ? GpioFlags.ActiveLow | GpioFlags.PullUp : GpioFlags.PullDown);
        LineRequest request = default;
        if (debounce > TimeSpan.Zero)
        {
            request.Config.AttributeCount = 1;
            request.Config.Attributes.Id = GpioFlags.AttributeDebounce;
            request.Config.Attributes.Value = (uint)debounce.TotalMicroseconds;
            request.Config.Attributes.Mask = 1;
        }

        int fd = Request(offset, flags, ref request);
        if (fd < 0)
        {
            // Not every chip can pull; the wiring may have a resistor of its own.
            request.Config.AttributeCount = debounce > TimeSpan.Zero ? 1u : 0;
            fd = Request(offset, flags & ~(GpioFlags.PullUp | GpioFlags.PullDown), ref request);
        }

        return fd >= 0 ? new GpioInput(fd) : throw SystemCallException.Last($"line {offset} of {_path} as input");
    }

    /// <summary>Takes a line as an output, dark at first.</summary>
    /// <param name="offset">Which line of the chip.</param>
    /// <param name="activeLow">A low level lights the LED.</param>
    /// <exception cref="SystemCallException">The line is in use, or there is none.</exception>
    public GpioOutput OpenOutput(int offset, bool activeLow)
    {
        LineRequest request = default;
        int fd = Request(offset, GpioFlags.Output | (activeLow ? GpioFlags.ActiveLow : 0), ref request);
        return fd >= 0 ? new GpioOutput(fd) : throw SystemCallException.Last($"line {offset} of {_path} as output");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private int Request(int offset, ulong flags, ref LineRequest request)
    {
        request.Offsets[0] = (uint)offset;
        request.LineCount = 1;
        request.Config.Flags = flags;
        ReadOnlySpan<byte> consumer = "bramble"u8;
        for (int i = 0; i < consumer.Length; i++)
        {
            request.Consumer[i] = consumer[i];
        }

        fixed (LineRequest* pointer = &request)
        {
            return Libc.Ioctl(_fd, GetLine, pointer) < 0 ? -1 : pointer->Fd;
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

    /// <summary>struct gpio_v2_line_config_attribute, 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineAttribute
    {
        public uint Id;
        public uint Padding;
        public ulong Value;
        public ulong Mask;
    }

    /// <summary>struct gpio_v2_line_config, 272 bytes; of its ten attributes one is used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineConfig
    {
        public ulong Flags;
        public uint AttributeCount;
        public fixed uint Padding[5];
        public LineAttribute Attributes;
        public fixed byte MoreAttributes[216];
    }

    /// <summary>struct gpio_v2_line_request, 592 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineRequest
    {
        public fixed uint Offsets[64];
        public fixed byte Consumer[32];
        public LineConfig Config;
        public uint LineCount;
        public uint EventBufferSize;
        public fixed uint Padding[5];
        public int Fd;
    }

    /// <summary>Sizes of the structures, for the tests: they are the kernel's.</summary>
    internal static (int Chip, int Line, int Config, int Request) Sizes => (sizeof(ChipInfo), sizeof(LineInfo), sizeof(LineConfig), sizeof(LineRequest));
}
