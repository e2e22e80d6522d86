using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>The OFFERs to one DISCOVER, with the receiver that may hold unicast ones back until a broadcast comes (ROM bug 9).</summary>
internal sealed class OfferInbox
{
    private readonly List<(DhcpReply Reply, TimeSpan At)> _offers = [];
    private readonly bool _holdsUnicast;
    private readonly long _broadcastsBefore;

    public OfferInbox(bool holdsUnicast, long broadcastsBefore)
    {
        _holdsUnicast = holdsUnicast;
        _broadcastsBefore = broadcastsBefore;
    }

    public int Count => _offers.Count;

    public void Add(DhcpReply reply, TimeSpan at) => _offers.Add((reply, at));

    /// <summary>The OFFERs that the stage has seen when that many broadcasts have come in.</summary>
    public IReadOnlyList<DhcpReply> Seen(long broadcasts)
    {
        var seen = new List<DhcpReply>(_offers.Count);
        foreach ((DhcpReply reply, _) in _offers)
        {
            if (!_holdsUnicast || !reply.Unicast || broadcasts > _broadcastsBefore)
            {
                seen.Add(reply);
            }
        }

        return seen;
    }

    /// <summary>Time between the arrivals of two OFFERs.</summary>
    public TimeSpan Gap(DhcpReply a, DhcpReply b) =>
        (_offers.Find(o => o.Reply == a).At - _offers.Find(o => o.Reply == b).At).Duration();
}
