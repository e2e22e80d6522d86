namespace Bramble.Tftp.Serving;

/// <summary>A token bucket.</summary>
internal struct RateLimit(int perSecond, int burst)
{
    private readonly long _cost = TimeSpan.TicksPerSecond / perSecond;
    private readonly long _most = TimeSpan.TicksPerSecond / perSecond * burst;
    private long _saved = TimeSpan.TicksPerSecond / perSecond * burst;
    private long _last;

    /// <summary>Takes one token; false if there is none.</summary>
    public bool TryTake(long now)
    {
        _saved = Math.Min(_most, _saved + Math.Max(0, now - _last));
        _last = now;
        if (_saved < _cost)
        {
            return false;
        }

        _saved -= _cost;
        return true;
    }
}
