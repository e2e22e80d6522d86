namespace Bramble.Fleet.Status;

/// <summary>Clients by state.</summary>
/// <param name="Up">Said that they are up.</param>
/// <param name="Booting">On their way.</param>
/// <param name="Stuck">Stand longer than they should, or have a fault.</param>
/// <param name="Idle">Not seen, or silent for long.</param>
/// <param name="NotApproved">Boards seen that have no client.</param>
public sealed record FleetCounts(int Up, int Booting, int Stuck, int Idle, int NotApproved)
{
    /// <summary>Were up, and are no longer heard of.</summary>
    public int Silent { get; init; }
}
