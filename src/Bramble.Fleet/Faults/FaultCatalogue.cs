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

    /// <summary>
    /// Whose a fault is that no board has, as people are told: <c>this box</c> (clock, link, data partition, disk, images) or <c>network</c>. The group of the
    /// code decides: BR1xx is told of the network around, BR2xx and BR3xx of boards, BR4xx to BR6xx of the server itself.
    /// </summary>
    public static string PlaceOf(string code) => code is ['B', 'R', >= '4' and <= '6', ..] ? "this box" : "network";

    internal static FaultEntry Get(string code) => s_byCode[code];
}
