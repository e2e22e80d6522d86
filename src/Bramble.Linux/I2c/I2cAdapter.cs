using System.Globalization;

namespace Bramble.Linux.I2c;

/// <summary>An I²C bus that there is.</summary>
/// <param name="Number">The N of <c>/dev/i2c-N</c>.</param>
/// <param name="Name">What its driver calls it; empty if it does not say.</param>
public sealed record I2cAdapter(int Number, string Name)
{
    private const string Prefix = "i2c-";

    // Buses of graphics outputs and of a PC's memory modules: nobody hangs a panel there, and a stranger must not talk there.
    private static readonly string[] s_notForPeople =
        ["SMBus", "i915", "AMDGPU", "amdgpu", "NVIDIA", "nvkm", "nouveau", "Radeon", "DDC", "ddc", "AUX", "dpaux", "HDMI", "hdmi", "DRM", "drm"];

    /// <summary>Whether a person may have put a display there.</summary>
    public bool IsForPeople => !Array.Exists(s_notForPeople, word => Name.Contains(word, StringComparison.Ordinal));

    /// <summary>All buses, by number.</summary>
    /// <param name="devices">Folder of the device nodes.</param>
    /// <param name="classFolder">Folder of the kernel's descriptions.</param>
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
