using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>Boards whose systems say that they are the same. Only boards of the fleet count: one system has one identity on all its interfaces. Pure.</summary>
internal sealed class IdentityWatch
{
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(10);
    private readonly Dictionary<MacAddress, (ulong Identity, DateTimeOffset Time)> _seen = [];

    /// <summary>A board's system gave its identity.</summary>
    public void Note(MacAddress board, ulong identity, DateTimeOffset now) => _seen[board] = (identity, now);

    /// <summary>A board is gone.</summary>
    public void Forget(MacAddress board) => _seen.Remove(board);

    /// <summary>Another board that gives the identity of this one; null for none.</summary>
    public MacAddress? Twin(MacAddress board, DateTimeOffset now)
    {
        if (!_seen.TryGetValue(board, out (ulong Identity, DateTimeOffset Time) own) || now - own.Time > s_remembered)
        {
            return null;
        }

        foreach ((MacAddress other, (ulong identity, DateTimeOffset time)) in _seen)
        {
            if (other != board && identity == own.Identity && now - time <= s_remembered)
            {
                return other;
            }
        }

        return null;
    }
}
