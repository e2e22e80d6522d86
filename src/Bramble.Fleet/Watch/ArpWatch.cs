using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>Who asks for which address, and who says that it has which. Requests are broadcast, so they are heard; most answers are not. Pure.</summary>
internal sealed class ArpWatch
{
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(3);
    private const int Maximum = 1024;
    private const int MostQuestions = 32;
    private const int MostClaims = 8;

    private readonly Dictionary<MacAddress, List<Seen<Ipv4Address>>> _questions = [];
    private readonly Dictionary<Ipv4Address, List<Seen<MacAddress>>> _claims = [];

    /// <summary>One ARP packet.</summary>
    public void Note(MacAddress sender, Ipv4Address has, Ipv4Address target, bool isRequest, DateTimeOffset now)
    {
        if (isRequest && has != target && !target.IsAny)
        {
            Remember(_questions, sender, new Seen<Ipv4Address>(target, now), MostQuestions);
        }

        if (!has.IsAny && !(_claims.TryGetValue(has, out List<Seen<MacAddress>>? claims) && claims[^1].What == sender && Refresh(claims, sender, now)))
        {
            Remember(_claims, has, new Seen<MacAddress>(sender, now), MostClaims);
        }
    }

    /// <summary>What a board asked for since a moment, the most often asked first.</summary>
    public IReadOnlyList<ArpQuestion> Questions(MacAddress board, DateTimeOffset since) => !_questions.TryGetValue(board, out List<Seen<Ipv4Address>>? asked) ? []
        : [.. asked.Where(q => q.Time >= since).GroupBy(static q => q.What).Select(static g => new ArpQuestion(g.Key, g.Count())).OrderByDescending(static q => q.Times)];

    /// <summary>
    /// The machine that has a board's address too; null for none. One change of hands is how addresses move; only a change back proves two.
    /// </summary>
    public MacAddress? Rival(MacAddress board, Ipv4Address address, DateTimeOffset now)
    {
        if (!_claims.TryGetValue(address, out List<Seen<MacAddress>>? claims))
        {
            return null;
        }

        List<MacAddress> turns = [.. claims.Where(c => now - c.Time < s_remembered).Select(static c => c.What)];
        int first = turns.IndexOf(board);
        int last = turns.LastIndexOf(board);
        return last - first > 1 ? turns.Skip(first).First(mac => mac != board) : null;
    }

    private static bool Refresh(List<Seen<MacAddress>> claims, MacAddress sender, DateTimeOffset now)
    {
        claims[^1] = new Seen<MacAddress>(sender, now);
        return true;
    }

    private static void Remember<TKey, TValue>(Dictionary<TKey, List<Seen<TValue>>> all, TKey key, Seen<TValue> seen, int most)
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out List<Seen<TValue>>? list))
        {
            if (all.Count >= Maximum)
            {
                MakeRoom(all, seen.Time);
            }

            all[key] = list = [];
        }

        list.RemoveAll(v => seen.Time - v.Time > s_remembered);
        if (list.Count >= most)
        {
            list.RemoveAt(0);
        }

        list.Add(seen);
    }

    private static void MakeRoom<TKey, TValue>(Dictionary<TKey, List<Seen<TValue>>> all, DateTimeOffset now)
        where TKey : notnull
    {
        foreach (TKey old in all.Where(p => now - p.Value[^1].Time > s_remembered).Select(static p => p.Key).ToList())
        {
            all.Remove(old);
        }

        if (all.Count >= Maximum)
        {
            // Full only under forged packets.
            all.Clear();
        }
    }

    private readonly record struct Seen<T>(T What, DateTimeOffset Time);
}
