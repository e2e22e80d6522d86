namespace Bramble.Fleet.Faults;

/// <summary>All faults, by code. docs/faults and docs/reference/faults.md are written from here (<see cref="FaultPages"/>), and a test compares them.</summary>
public static partial class FaultCatalogue
{
    private static readonly Dictionary<string, FaultEntry> s_byCode =
        ((FaultEntry[])[.. Dhcp, .. Network, .. Firmware, .. Systems, .. Server]).ToDictionary(static e => e.Code, StringComparer.Ordinal);

    /// <summary>Every fault, by code.</summary>
    public static IReadOnlyList<FaultEntry> All { get; } = [.. s_byCode.Values.OrderBy(static e => e.Code, StringComparer.Ordinal)];

    /// <summary>The fault of a code, in either case; null if there is none.</summary>
    public static FaultEntry? Find(string code) => s_byCode.GetValueOrDefault(code.ToUpperInvariant());

    internal static FaultEntry Get(string code) => s_byCode[code];
}
