namespace Bramble.Storage.Images;

/// <summary>The device trees of a boot tree, and the models of the Raspberry Pi that they are for.</summary>
internal static class DeviceTrees
{
    // By the beginning of the file's name; the first that fits counts. Names of the firmware's own and of the kernel's mainline, each with its oldest and newest model.
    private static readonly (string Start, string Model)[] s_models =
    [
        ("bcm2708-rpi-zero", "Zero"), ("bcm2835-rpi-zero", "Zero"), ("bcm2708-rpi-", "1"), ("bcm2835-rpi-", "1"),
        ("bcm2709-rpi-", "2"), ("bcm2836-rpi-", "2"), ("bcm2710-rpi-2", "2"), ("bcm2837-rpi-2", "2"),
        ("bcm2710-rpi-zero-2", "Zero 2"), ("bcm2837-rpi-zero-2", "Zero 2"), ("bcm2710-rpi-", "3"), ("bcm2837-rpi-", "3"),
        ("bcm2711-rpi-", "4"), ("bcm2712", "5"),
    ];

    /// <summary>Names of the device trees, in order.</summary>
    internal static IReadOnlyList<string> In(string bootFolder) =>
        [.. Directory.EnumerateFiles(bootFolder, "*.dtb").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>The models that an architecture's kernel can serve with these device trees.</summary>
    /// <param name="trees">Names of the device trees.</param>
    /// <param name="kernel">Name of the kernel: the firmware loads some for one model only.</param>
    /// <param name="architecture">The kernel's, see <see cref="Contract.KernelInfo"/>; null for any.</param>
    internal static IReadOnlyList<string> Models(IEnumerable<string> trees, string kernel, string? architecture)
    {
        HashSet<string> there = [.. trees.Select(static tree => s_models.FirstOrDefault(model => tree.StartsWith(model.Start, StringComparison.Ordinal)).Model).OfType<string>()];
        string[] served = kernel switch
        {
            "kernel.img" => ["1", "Zero"],
            "kernel7.img" => ["2", "3", "Zero 2"],
            "kernel7l.img" => ["4"],
            "kernel_2712.img" => ["5"],
            _ => architecture switch
            {
                "armv6" => ["1", "Zero"],
                "armv7" => ["2", "3", "Zero 2", "4"],
                _ => ["2", "3", "Zero 2", "4", "5"],
            },
        };
        return [.. served.Where(there.Contains)];
    }
}
