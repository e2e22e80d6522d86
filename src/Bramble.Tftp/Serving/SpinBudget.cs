namespace Bramble.Tftp.Serving;

/// <summary>
/// Decides when a loop may look for packets instead of sleeping. Sleeping and being woken costs a loop tens of microseconds for each block of
/// a client that answers at once; a client that needs longer than <see cref="Longest"/> is better waited for. So it goes by what happened: a
/// look that found nothing makes the next one wait, twice as long each time.
/// </summary>
internal sealed class SpinBudget
{
    private const int LongestPause = 1024;

    private int _pause;
    private int _left;

    /// <summary>The longest look.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMicroseconds(50);

    /// <summary>True if the loop may look now; asked once a turn.</summary>
    public bool MayBegin()
    {
        if (_left == 0)
        {
            return true;
        }

        _left--;
        return false;
    }

    /// <summary>The look found a packet.</summary>
    public void Hit() => _pause = 0;

    /// <summary>The look found nothing.</summary>
    public void Missed()
    {
        _pause = Math.Min(LongestPause, Math.Max(1, _pause * 2));
        _left = _pause;
    }
}
