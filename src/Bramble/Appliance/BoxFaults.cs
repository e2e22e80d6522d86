using Bramble.Fleet.Faults;

namespace Bramble.Appliance;

/// <summary>What the start of the flashable image found wrong with the machine itself. On other machines there is nothing to find.</summary>
internal static class BoxFaults
{
    /// <summary>Name of the file in which <c>bramble config import</c> leaves the mistakes that it found; empty for none.</summary>
    public const string MistakesName = "mistakes";

    /// <summary>Name of the file in which it leaves that a new version was tried and did not hold; empty for none.</summary>
    public const string UpgradeName = "upgrade";

    /// <summary>The faults of this start.</summary>
    /// <param name="run">Where the start leaves its findings.</param>
    public static IReadOnlyList<Fault> Read(string run = "/run")
    {
        var faults = new List<Fault>();
        if (ReadFile(Path.Combine(run, "bramble-data", "fault")) is { } data)
        {
            faults.Add(new Fault(
                FaultCode.DataPartition, "The box runs without its data partition", data + " Memory has taken its place: nothing that is learned now outlives this start.",
                "The card or disk is worn out, was pulled out while it was written, or is too small.",
                "Switch the box off and on once. If the fault stays, put an empty file 'factory-reset' on the boot partition and start again; better on a new card.",
                DateTimeOffset.UtcNow));
        }

        if (ReadFile(Path.Combine(run, "bramble-config", MistakesName)) is { } mistakes)
        {
            string[] lines = mistakes.Split('\n');
            faults.Add(new Fault(
                FaultCode.BootPartitionFiles, "Files on the boot partition have mistakes", lines[0] + (lines.Length > 1 ? $" (and {lines.Length - 1} more)" : ""),
                "A typing error.",
                "Mend what bramble-errors.txt on the boot partition says, and start the box again.",
                DateTimeOffset.UtcNow));
        }

        if (ReadFile(Path.Combine(run, "bramble-config", UpgradeName)) is { } upgrade)
        {
            faults.Add(new Fault(
                FaultCode.UpgradeFailed, "The new version did not work", upgrade,
                "The new version did not start, its boot server did not run, or the power was cut while it was tried.",
                "Try it once more: bramble upgrade FILE. If it fails again, stay with this version and tell the makers of the new one.",
                DateTimeOffset.UtcNow));
        }

        return faults;
    }

    private static string? ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
