using Bramble.Dhcp.Boards;
using Bramble.Fleet.Timeline;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Faults;

/// <summary>Which of the files that were asked for in vain a board cannot do without. Most misses are harmless: the firmware tries many names.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Request order".</remarks>
internal static class RequiredFiles
{
    /// <summary>The missing ones, by name; empty if nothing needed is missing.</summary>
    /// <param name="boot">The boot.</param>
    /// <param name="kernels">File names that <c>kernel=</c> of its config.txt gives.</param>
    public static List<string> Missing(Boot boot, IReadOnlyList<string> kernels)
    {
        var missing = new List<string>();
        if (boot.Family == PiFamily.Pi3)
        {
            AddUnlessAny(missing, boot, static f => f == "bootcode.bin");
        }

        if (boot.Family == PiFamily.Pi5)
        {
            AddUnlessAny(missing, boot, static f => f == "config.txt");
        }
        else
        {
            // A Pi 4 takes start.elf for a sign that its folder is there, and then needs start4.elf all the same.
            bool pi4 = boot.Family == PiFamily.Pi4;
            AddUnlessAny(missing, boot, f => IsOf(f, "start", ".elf", pi4));
            AddUnlessAny(missing, boot, f => IsOf(f, "fixup", ".dat", pi4) && f != "fixup4rc.dat");
        }

        AddUnlessAny(missing, boot, static f => f.StartsWith("bcm27", StringComparison.Ordinal) && f.EndsWith(".dtb", StringComparison.Ordinal));
        AddUnlessAny(missing, boot, f => (f.StartsWith("kernel", StringComparison.Ordinal) && f.EndsWith(".img", StringComparison.Ordinal)) || kernels.Contains(f));
        return missing;
    }

    private static bool IsOf(string file, string kind, string end, bool pi4) =>
        file.StartsWith(kind, StringComparison.Ordinal) && file.EndsWith(end, StringComparison.Ordinal) && file[kind.Length..].StartsWith('4') == pi4;

    private static void AddUnlessAny(List<string> missing, Boot boot, Func<string, bool> isOne)
    {
        string? first = null;
        foreach (BootFile file in boot.Files)
        {
            if (!isOne(file.Path))
            {
                continue;
            }

            if (file.WasThere || file.Outcome != TftpTransferOutcome.NotFound)
            {
                return;
            }

            first ??= file.Path;
        }

        if (first is not null)
        {
            missing.Add(first);
        }
    }
}
