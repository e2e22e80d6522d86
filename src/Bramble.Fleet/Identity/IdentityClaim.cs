using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;

namespace Bramble.Fleet.Identity;

/// <summary>A board that asks with one name of a bound board and another second name.</summary>
/// <param name="Board">What it says it is.</param>
/// <param name="Bound">The board that is bound.</param>
/// <param name="Outcome">Which of the names differs.</param>
/// <param name="First">When it first asked.</param>
/// <param name="Last">When it last asked.</param>
/// <param name="Times">How often.</param>
internal sealed record IdentityClaim(BoardIdentity Board, BoardBinding Bound, IdentityOutcome Outcome, DateTimeOffset First, DateTimeOffset Last, int Times);
