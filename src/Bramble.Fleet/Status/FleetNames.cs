namespace Bramble.Fleet.Status;

/// <summary>What there is, by name alone: for shells that complete a word.</summary>
/// <param name="Clients">The clients.</param>
/// <param name="Boards">Serials, or MACs, of boards without a client.</param>
/// <param name="Images">The images.</param>
public sealed record FleetNames(IReadOnlyList<string> Clients, IReadOnlyList<string> Boards, IReadOnlyList<string> Images);
