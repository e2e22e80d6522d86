using Bramble.Linux.Net;

namespace Bramble.Fleet.Timeline;

/// <summary>The logs of the boards that sent one last. Pure.</summary>
internal sealed class BootLogs
{
    /// <summary>Boards whose log is kept: of one more, the log of the board that was silent longest goes.</summary>
    public const int MaxBoards = 64;

    // An SD card takes only so many writes, and a system that is up may log for ever.
    private static readonly TimeSpan s_saveEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<MacAddress, Kept> _logs = [];

    /// <summary>Puts in what was read from disk.</summary>
    public void Load(MacAddress board, IReadOnlyList<BootLogLine> lines)
    {
        if (lines.Count > 0 && _logs.Count < MaxBoards)
        {
            _logs[board] = new Kept(new BootLog(lines));
        }
    }

    /// <summary>Takes a datagram's payload in.</summary>
    /// <returns>Lines that came to their end.</returns>
    public int Append(MacAddress board, ReadOnlySpan<byte> text, DateTimeOffset now)
    {
        if (!_logs.TryGetValue(board, out Kept? kept))
        {
            if (_logs.Count >= MaxBoards)
            {
                _logs.Remove(SilentLongest());
            }

            _logs[board] = kept = new Kept(new BootLog([]));
        }

        kept.IsUnsaved = true;
        return kept.Log.Append(text, now);
    }

    /// <summary>The lines of a board, oldest first.</summary>
    public BootLogLine[] Of(MacAddress board) => _logs.TryGetValue(board, out Kept? kept) ? kept.Log.Lines : [];

    /// <summary>A board is gone.</summary>
    public void Forget(MacAddress board) => _logs.Remove(board);

    /// <summary>Boards whose lines are to be written now; each at most once a minute.</summary>
    /// <param name="now">The time, UTC.</param>
    /// <param name="all">However short ago it was.</param>
    public List<MacAddress> TakeUnsaved(DateTimeOffset now, bool all)
    {
        List<MacAddress> due = [];
        foreach ((MacAddress board, Kept kept) in _logs)
        {
            if (kept.IsUnsaved && (all || now - kept.Saved >= s_saveEvery))
            {
                (kept.IsUnsaved, kept.Saved) = (false, now);
                due.Add(board);
            }
        }

        return due;
    }

    private MacAddress SilentLongest()
    {
        (MacAddress board, DateTimeOffset last) = (default, DateTimeOffset.MaxValue);
        foreach ((MacAddress other, Kept kept) in _logs)
        {
            if (kept.Log.Last < last)
            {
                (board, last) = (other, kept.Log.Last);
            }
        }

        return board;
    }

    private sealed class Kept(BootLog log)
    {
        public BootLog Log { get; } = log;

        public bool IsUnsaved { get; set; }

        public DateTimeOffset Saved { get; set; }
    }
}
