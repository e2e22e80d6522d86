using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp.Leases;

/// <summary>
/// The lease book on disk: an append-only file. Records gather in memory while a thread of the journal's own writes those before
/// them and waits for the disk (an SD card takes 10 to 500 ms), so one fsync carries all that came during the last. Each record
/// has a sequence number; a reply may leave once <see cref="Durable"/> has reached that of its lease.
/// </summary>
/// <remarks>
/// <see cref="Append"/>, <see cref="Submit"/>, <see cref="TakeFailure"/> and <see cref="CompactIfWorthwhile"/> belong to one thread.
/// The file is locked against a second server.
/// </remarks>
public sealed partial class LeaseJournal : ILeaseLog, IDisposable
{
    private const int CompactAbove = 512;

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly ILeaseFile _file;

    // What gathers, and the word to the committer.
    private readonly object _gate = new();
    private byte[] _gathered = new byte[16 * 1024];
    private int _gatheredLength;
    private int _gatheredRecords;
    private long _appended;
    private Replacement? _replacement;

    private long _durable;
    private long _failedUpTo = -1;
    private int _records;

    private LeaseJournal(string path, ILogger logger, ILeaseFile file)
    {
        _path = path;
        _logger = logger;
        _file = file;
    }

    /// <summary>Sequence number of the last record appended; 0 for none.</summary>
    public long Appended => _appended;

    /// <summary>Every record up to this sequence number is on disk.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>True if something is not on disk yet.</summary>
    public bool HasPending => Durable < _appended;

    /// <summary>Records in the file, live or replaced.</summary>
    public int Records => Volatile.Read(ref _records);

    /// <summary>Called by the committer after each attempt to write, successful or not. Set before the first <see cref="Submit"/>.</summary>
    public Action? Committed { get; set; }

    private static ReadOnlySpan<byte> FileHeader => "bramble leases 1\n"u8;

    /// <summary>
    /// Opens the journal, makes it if it is missing, and puts its leases into <paramref name="book"/>. A torn tail is cut and
    /// damaged records in the middle are skipped, both with a warning; a file that is no journal is set aside as <c>.damaged</c>.
    /// </summary>
    /// <param name="path">The file; its folder is made if it is missing.</param>
    /// <param name="logger">For warnings.</param>
    /// <param name="book">Makes the book that logs to this journal.</param>
    /// <exception cref="IOException">The file cannot be read or written, or another server has it open.</exception>
    public static (LeaseJournal Journal, LeaseBook Book) Open(string path, ILogger logger, Func<ILeaseLog, LeaseBook> book)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Open(path, LeaseFile.Open(path, FileHeader), logger, book);
    }

    /// <inheritdoc/>
    public void Append(Lease lease)
    {
        lock (_gate)
        {
            MakeRoom(ref _gathered, _gatheredLength, LeaseRecord.Maximum);
            _gatheredLength += LeaseRecord.Write(_gathered.AsSpan(_gatheredLength), lease);
            _gatheredRecords++;
            _appended++;
        }
    }

    /// <summary>Has the committer write what has gathered, or try again what it could not write. Does not wait.</summary>
    public void Submit()
    {
        if (HasPending)
        {
            WakeCommitter();
        }
    }

    /// <summary>Writes what has gathered on the calling thread and waits until it is on disk. False if that failed: nothing is lost, the next call tries again.</summary>
    public bool TryFlush() => Commit();

    /// <summary>The sequence number up to which the last attempt failed to write, or -1 if none has failed since the last call.</summary>
    public long TakeFailure() => Interlocked.Exchange(ref _failedUpTo, -1);

    /// <summary>Has the committer rewrite the file if most of its records are replaced ones. Does not wait.</summary>
    /// <param name="book">The book of this journal.</param>
    public void CompactIfWorthwhile(LeaseBook book)
    {
        if (Records < CompactAbove || Records < 2 * book.Leases.Count)
        {
            return;
        }

        RequestCompaction(book);
        WakeCommitter();
    }

    /// <summary>Writes what has gathered and closes the file.</summary>
    public void Dispose()
    {
        StopCommitter();
        lock (_commitGate)
        {
            if (!_closed)
            {
                _ = Commit();
                _closed = true;
                _file.Dispose();
            }
        }
    }

    internal static (LeaseJournal Journal, LeaseBook Book) Open(string path, ILeaseFile file, ILogger logger, Func<ILeaseLog, LeaseBook> book)
    {
        var journal = new LeaseJournal(path, logger, file);
        try
        {
            LeaseBook loaded = book(journal);
            journal.Load(loaded);
            return (journal, loaded);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Has the next attempt to write put what the book holds now in the place of every record up to now.</summary>
    internal void RequestCompaction(LeaseBook book)
    {
        lock (_gate)
        {
            if (_replacement is not null)
            {
                return;
            }
        }

        int most = FileHeader.Length;
        foreach (Lease lease in book.Leases)
        {
            most += LeaseRecord.LengthOf(lease);
        }

        byte[] content = new byte[most];
        FileHeader.CopyTo(content);
        int length = FileHeader.Length;
        int records = 0;
        foreach (Lease lease in book.Leases)
        {
            // An offer that nobody has taken up yet is not for the disk.
            if (lease.State != LeaseState.Offered)
            {
                length += LeaseRecord.Write(content.AsSpan(length), lease);
                records++;
            }
        }

        lock (_gate)
        {
            byte[] superseded = _gathered.AsSpan(0, _gatheredLength).ToArray();
            _replacement = new Replacement(content, length, records, superseded, _gatheredRecords);
            _gatheredLength = 0;
            _gatheredRecords = 0;
        }
    }

    private static void MakeRoom(ref byte[] buffer, int used, int more)
    {
        if (buffer.Length - used < more)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + more));
        }
    }

    /// <summary>A new content for the whole file.</summary>
    /// <param name="Content">The octets, of which <paramref name="Length"/> count.</param>
    /// <param name="Length">Octets.</param>
    /// <param name="Records">Records in it.</param>
    /// <param name="Superseded">Records that were not written yet when it was made: they are in it, and must be written if it cannot be.</param>
    /// <param name="SupersededRecords">Their number.</param>
    private sealed record Replacement(byte[] Content, int Length, int Records, byte[] Superseded, int SupersededRecords);
}
