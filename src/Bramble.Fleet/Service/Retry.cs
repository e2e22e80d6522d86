namespace Bramble.Fleet.Service;

/// <summary>Back-off between tries: 2, 4, 8 … 60 seconds.</summary>
internal sealed class Retry
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);
    private int _failures;
    private DateTimeOffset _next;

    /// <summary>True if the next try is due.</summary>
    public bool IsDue(DateTimeOffset now) => now >= _next;

    /// <summary>True if there was a failure since the last success, and the next try is due.</summary>
    public bool WantsRetry(DateTimeOffset now) => _failures > 0 && IsDue(now);

    public void Failed(DateTimeOffset now)
    {
        _failures++;
        TimeSpan wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_failures, 10)));
        _next = now + (wait < s_longest ? wait : s_longest);
    }

    public void Succeeded()
    {
        _failures = 0;
        _next = default;
    }
}
