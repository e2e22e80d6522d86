using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Identity;

/// <summary>The claims to each bound board, kept until they are old. Bounded: forged requests cost anybody nothing. Guarded by the service's lock.</summary>
internal sealed class IdentityClaims
{
    /// <summary>Claims to one bound board that are kept; of more, the one that was silent longest gives way.</summary>
    public const int PerBoard = 4;

    /// <summary>Bound boards with claims that are kept.</summary>
    public const int MaxBoards = 1024;

    /// <summary>A claim that was not repeated for so long is over.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly Dictionary<MacAddress, List<IdentityClaim>> _claims = [];

    /// <summary>Notes a claim.</summary>
    /// <param name="board">Who asks.</param>
    /// <param name="bound">The bound board whose name it uses.</param>
    /// <param name="outcome">Which of its names differs.</param>
    /// <param name="now">The time.</param>
    public void Note(in BoardIdentity board, BoardBinding bound, IdentityOutcome outcome, DateTimeOffset now)
    {
        if (!_claims.TryGetValue(bound.Mac, out List<IdentityClaim>? claims))
        {
            if (_claims.Count >= MaxBoards)
            {
                return;
            }

            _claims[bound.Mac] = claims = [];
        }

        (MacAddress mac, BoardSerial? serial) = (board.Mac, board.Serial);
        int index = claims.FindIndex(c => c.Board.Mac == mac && c.Board.Serial == serial);
        if (index >= 0)
        {
            IdentityClaim old = claims[index];
            bool over = now - old.Last >= Lifetime;
            claims[index] = new IdentityClaim(board, bound, outcome, over ? now : old.First, now, over ? 1 : old.Times + 1);
            return;
        }

        if (claims.Count >= PerBoard)
        {
            claims.Remove(claims.MinBy(static c => c.Last)!);
        }

        claims.Add(new IdentityClaim(board, bound, outcome, now, now, 1));
    }

    /// <summary>The claims to a bound board that are not over, the first one first.</summary>
    public IReadOnlyList<IdentityClaim> To(MacAddress bound, DateTimeOffset now) =>
        _claims.TryGetValue(bound, out List<IdentityClaim>? claims) ? [.. claims.Where(c => now - c.Last < Lifetime)] : [];

    /// <summary>The claims that a board made by its MAC address or its serial.</summary>
    public IReadOnlyList<IdentityClaim> By(BoardRef board, DateTimeOffset now) =>
        [.. _claims.Values.SelectMany(static c => c).Where(c => now - c.Last < Lifetime
            && (board.Serial is { } serial ? c.Outcome == IdentityOutcome.MacWithOtherSerial && c.Board.Serial == serial : c.Board.Mac == board.Mac))];

    /// <summary>How many claims there are that are not over.</summary>
    public int Count(DateTimeOffset now) => _claims.Values.Sum(claims => claims.Count(c => now - c.Last < Lifetime));

    /// <summary>Drops the claims to a board: it is bound anew, or to nobody.</summary>
    public void Forget(MacAddress bound) => _claims.Remove(bound);

    /// <summary>Drops what is over.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach ((MacAddress bound, List<IdentityClaim> claims) in _claims)
        {
            claims.RemoveAll(c => now - c.Last >= Lifetime);
            if (claims.Count == 0)
            {
                _claims.Remove(bound);
            }
        }
    }
}
