using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Status;

/// <summary>The whole fleet at one moment: what panel, command line, page and metrics show. The JSON form is stable: fields are added, never changed.</summary>
public sealed record FleetStatus
{
    /// <summary>A fleet with more clients is large: no glance takes them all in.</summary>
    public const int Many = 100;

    /// <summary>Version of the form.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The moment, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>This server.</summary>
    public required ServerStatus Server { get; init; }

    /// <summary>Clients by state.</summary>
    public required FleetCounts Counts { get; init; }

    /// <summary>The images, by name.</summary>
    public required IReadOnlyList<ImageStatus> Images { get; init; }

    /// <summary>The clients, by name.</summary>
    public required IReadOnlyList<ClientStatus> Clients { get; init; }

    /// <summary>Boards without a client, last seen first.</summary>
    public required IReadOnlyList<BoardStatus> Unassigned { get; init; }

    /// <summary>Faults of the network or of this server itself, not of one board; <see cref="FaultCatalogue.PlaceOf"/> tells which.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Images that are being imported, longest first, and those whose import ended a moment ago. Null of a server that does not know.</summary>
    public IReadOnlyList<ImportStatus>? Imports { get; init; }

    /// <summary>What the DHCP server has done since it was started; null if there is none.</summary>
    public DhcpStatus? Dhcp { get; init; }
}
