namespace Bramble.Panel.Leds;

/// <summary>A rhythm of an LED: lit and dark spells in turn, over and over. A function of time, so that it needs no timer of its own.</summary>
public sealed class LedPattern
{
    private readonly int[] _spells;

    /// <summary>A rhythm.</summary>
    /// <param name="spells">Milliseconds lit, dark, lit, dark, and so on; one number for an LED that is always lit, none for one that is always dark.</param>
    public LedPattern(params int[] spells)
    {
        if (spells.Length > 1 && spells.Length % 2 != 0)
        {
            throw new ArgumentException("Every lit spell has a dark one after it.", nameof(spells));
        }

        _spells = spells;
        Period = TimeSpan.FromMilliseconds(spells.Sum());
    }

    /// <summary>Lit and dark spells in turn, milliseconds.</summary>
    public IReadOnlyList<int> Spells => _spells;

    /// <summary>Length of one round; zero if the LED is always dark.</summary>
    public TimeSpan Period { get; }

    /// <summary>Whether the LED is lit.</summary>
    /// <param name="elapsed">Time since the pattern began.</param>
    public bool IsLit(TimeSpan elapsed) => Find(elapsed).Lit;

    /// <summary>Time until the LED next changes; <see cref="Timeout.InfiniteTimeSpan"/> if it never does.</summary>
    /// <param name="elapsed">Time since the pattern began.</param>
    public TimeSpan UntilChange(TimeSpan elapsed) => Find(elapsed).Left;

    private (bool Lit, TimeSpan Left) Find(TimeSpan elapsed)
    {
        if (_spells.Length < 2)
        {
            return (_spells.Length == 1, Timeout.InfiniteTimeSpan);
        }

        long within = Math.Max(0, elapsed.Ticks) % Period.Ticks;
        for (int i = 0; ; i++)
        {
            long spell = _spells[i] * TimeSpan.TicksPerMillisecond;
            if (within < spell)
            {
                return (i % 2 == 0, TimeSpan.FromTicks(spell - within));
            }

            within -= spell;
        }
    }
}
