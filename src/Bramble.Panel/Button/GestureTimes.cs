namespace Bramble.Panel.Button;

/// <summary>The thresholds of the gestures.</summary>
public static class GestureTimes
{
    /// <summary>A level must hold for so long to count.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(25);

    /// <summary>From here on it is a long press.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    /// <summary>From here on it shuts down.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(5);

    /// <summary>From here on the factory reset counts down.</summary>
    public static readonly TimeSpan Countdown = TimeSpan.FromSeconds(12);

    /// <summary>The countdown ends: letting go resets.</summary>
    public static readonly TimeSpan Reset = TimeSpan.FromSeconds(22);

    /// <summary>From here on letting go does nothing: nobody holds a button for so long, something lies on it.</summary>
    public static readonly TimeSpan TooLong = TimeSpan.FromSeconds(32);

    /// <summary>More edges than this within <see cref="ChatterWindow"/> are no finger.</summary>
    public const int ChatterEdges = 40;

    /// <summary>See <see cref="ChatterEdges"/>.</summary>
    public static readonly TimeSpan ChatterWindow = TimeSpan.FromSeconds(1);

    /// <summary>After chatter the line must be let go and still for so long before it counts again.</summary>
    public static readonly TimeSpan ChatterQuiet = TimeSpan.FromSeconds(2);
}
