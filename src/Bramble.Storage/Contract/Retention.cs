namespace Bramble.Storage.Contract;

/// <summary>Which of the schedule's snapshots are kept. Those of other causes are never touched.</summary>
/// <param name="Last">So many of the newest; at least 1.</param>
/// <param name="Weekly">And the newest one of each of so many weeks that have any (Monday to Sunday, UTC).</param>
public sealed record Retention(int Last, int Weekly)
{
    /// <summary>A week of days and a month of weeks.</summary>
    public static Retention Default { get; } = new(7, 4);

    /// <summary>What goes.</summary>
    /// <param name="snapshots">One client's snapshots, in any order.</param>
    public IReadOnlyList<SnapshotInfo> ToRemove(IEnumerable<SnapshotInfo> snapshots)
    {
        List<SnapshotInfo> scheduled = [.. snapshots.Where(static one => one.Cause == SnapshotCause.Schedule).OrderByDescending(static one => one.Taken)];
        HashSet<SnapshotInfo> kept = [.. scheduled.Take(Math.Max(1, Last))];
        kept.UnionWith(scheduled.GroupBy(static one => Week(one.Taken)).Take(Math.Max(0, Weekly)).Select(static week => week.First()));
        return [.. scheduled.Where(one => !kept.Contains(one))];
    }

    // Day 0 was a Monday.
    private static int Week(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime).DayNumber / 7;
}
