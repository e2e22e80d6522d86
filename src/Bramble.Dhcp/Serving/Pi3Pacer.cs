namespace Bramble.Dhcp.Serving;

/// <summary>
/// Spaces the OFFERs to Pi 3s. All of their boot ROMs use one transaction id, so each OFFER goes to one Ethernet address only;
/// and the broadcast frame behind each (<see cref="Reply.Nudge"/>) frees, with the gap between them, what the ROM before has not
/// taken out of its network chip yet.
/// </summary>
internal sealed class Pi3Pacer
{
    /// <summary>From one OFFER to the next.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest wait: a ROM asks again after five seconds, and must have been answered well before.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private DateTimeOffset _next;

    /// <summary>How long an OFFER that is ready now has to wait.</summary>
    public TimeSpan NextDelay(DateTimeOffset now)
    {
        TimeSpan delay = _next > now ? _next - now : TimeSpan.Zero;
        if (delay > LongestWait)
        {
            return LongestWait;
        }

        _next = now + delay + Gap;
        return delay;
    }
}
