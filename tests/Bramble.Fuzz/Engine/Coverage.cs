namespace Bramble.Fuzz.Engine;

/// <summary>
/// What the last run came through: edges between blocks of instrumented code, and outcomes that a target names itself. One thread.
/// Counts fall into AFL's buckets (1, 2, 3, 4, 8, 16, 32, 128 and more), so that one more turn of a long loop is no news.
/// </summary>
public static class Coverage
{
    private const int Size = 1 << 16;

    private static readonly byte[] s_counts = new byte[Size];
    private static readonly int[] s_touched = new int[Size];
    private static int s_touchedCount;
    private static int s_previous;

    /// <summary>Called by instrumented code at the beginning of each of its blocks.</summary>
    /// <param name="block">The block's number.</param>
    public static void Hit(int block)
    {
        Count((s_previous ^ block) & (Size - 1));
        s_previous = block >> 1;
    }

    /// <summary>Called by targets: works without instrumentation too.</summary>
    /// <param name="outcome">Anything that tells runs apart.</param>
    internal static void Outcome(int outcome) => Count((int)((uint)(outcome * 2654435761L) >> 7) & (Size - 1));

    /// <summary>Begins a run.</summary>
    internal static void Begin()
    {
        for (int i = 0; i < s_touchedCount; i++)
        {
            s_counts[s_touched[i]] = 0;
        }

        s_touchedCount = 0;
        s_previous = 0;
    }

    /// <summary>Adds the run to what was seen before; returns how much of it was new.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="counts">False if only places count, and not how often they were passed.</param>
    internal static int AddTo(byte[] seen, bool counts = true)
    {
        int news = 0;
        for (int i = 0; i < s_touchedCount; i++)
        {
            int place = s_touched[i];
            byte bucket = counts ? BucketOf(s_counts[place]) : (byte)1;
            if ((seen[place] & bucket) == 0)
            {
                seen[place] |= bucket;
                news++;
            }
        }

        return news;
    }

    /// <summary>A map for <see cref="AddTo"/>.</summary>
    internal static byte[] NewMap() => new byte[Size];

    private static void Count(int place)
    {
        byte count = s_counts[place];
        if (count == 0)
        {
            s_touched[s_touchedCount++] = place;
        }

        s_counts[place] = count < 255 ? (byte)(count + 1) : count;
    }

    private static byte BucketOf(byte count) => count switch
    {
        <= 2 => count,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
