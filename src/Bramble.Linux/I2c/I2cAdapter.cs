using System.Globalization;

namespace Bramble.Linux.I2c;

/// <summary>An I²C bus of the kernel.</summary>
/// <param name="Number">The N of <c>/dev/i2c-N</c>.</param>
/// <param name="Name">The driver's name for it; empty if unknown.</param>
public sealed record I2cAdapter(int Number, string Name)
{
    private const string Prefix = "i2c-";

    // Buses of graphics outputs and of a PC's memory modules: nobody connects a panel there, and a probe could disturb what is there.
    private static readonly string[] s_notForPeople =
        ["SMBus", "i915", "AMDGPU", "amdgpu", "NVIDIA", "nvkm", "nouveau", "Radeon", "DDC", "ddc", "AUX", "dpaux", "HDMI", "hdmi", "DRM", "drm"];

    /// <summary>Its device node.</summary>
    public string Node => string.Create(CultureInfo.InvariantCulture, $"/dev/{Prefix}{Number}");

    /// <summary>Whether a person may have connected a display there.</summary>
    public bool IsForPeople => !Array.Exists(s_notForPeople, word => Name.Contains(word, StringComparison.Ordinal));

    /// <summary>
    /// Whether a kernel driver uses this address. System.Device.I2c transfers by I2C_RDWR, which the kernel allows all the same (I2C_SLAVE would
    /// fail with EBUSY): a program that writes there disturbs the driver.
    /// </summary>
    /// <param name="address">The seven-bit address.</param>
    /// <param name="devices">The folder of the kernel's I²C devices.</param>
    public bool IsUsedByKernel(byte address, string devices = "/sys/bus/i2c/devices") =>
        Path.Exists(Path.Combine(devices, string.Create(CultureInfo.InvariantCulture, $"{Number}-{address:x4}"), "driver"));

    /// <summary>All buses, by number.</summary>
    /// <param name="devices">The folder of the device nodes.</param>
    /// <param name="classFolder">The folder of the kernel's descriptions.</param>
    public static IReadOnlyList<I2cAdapter> List(string devices = "/dev", string classFolder = "/sys/class/i2c-dev")
    {
        var found = new List<I2cAdapter>();
        foreach (string path in Directory.EnumerateFiles(devices, Prefix + "*"))
        {
            string node = Path.GetFileName(path);
            if (int.TryParse(node.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                found.Add(new I2cAdapter(number, ReadName(Path.Combine(classFolder, node, "name"))));
            }
        }

        found.Sort((a, b) => a.Number.CompareTo(b.Number));
        return found;
    }

    private static string ReadName(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
