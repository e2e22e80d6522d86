using Bramble.Linux.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Dhcp.Leases;

/// <summary>
/// The lease book on disk: an append-only file. Records gather in memory and go out with one write and one fsync per
/// <see cref="TryFlush"/>; the server sends no reply before that. One thread. The file is locked against a second server.
/// </summary>
public sealed partial class LeaseJournal : ILeaseLog, IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const int CompactAbove = 512;

    private readonly string _path;
    private readonly ILogger _logger;
    private SafeFileHandle _file;
    private byte[] _pending = new byte[16 * 1024];
    private int _pendingLength;
    private int _pendingRecords;
    private long _length;
    private int _records;
    private bool _failing;

    private LeaseJournal(string path, ILogger logger, SafeFileHandle file)
    {
        _path = path;
        _logger = logger;
        _file = file;
    }

    /// <summary>True if something is not on disk yet.</summary>
    public bool HasPending => _pendingLength > 0;

    /// <summary>Records in the file, live or replaced.</summary>
    public int Records => _records;

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
        var journal = new LeaseJournal(path, logger, OpenFile(path));
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

    /// <inheritdoc/>
    public void Append(Lease lease)
    {
        if (_pending.Length - _pendingLength < LeaseRecord.Maximum)
        {
            Array.Resize(ref _pending, _pending.Length * 2);
        }

        _pendingLength += LeaseRecord.Write(_pending.AsSpan(_pendingLength), lease);
        _pendingRecords++;
    }

    /// <summary>Writes what has gathered and waits until it is on disk. False if that failed: nothing is lost, the next call tries again.</summary>
    public bool TryFlush()
    {
        if (_pendingLength == 0)
        {
            return true;
        }

        try
        {
            RandomAccess.Write(_file, _pending.AsSpan(0, _pendingLength), _length);
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                _failing = true;
                LogWriteFailed(_path, e.Message);
            }

            return false;
        }

        if (_failing)
        {
            _failing = false;
            LogWriteRecovered(_path);
        }

        _length += _pendingLength;
        _records += _pendingRecords;
        _pendingLength = 0;
        _pendingRecords = 0;
        return true;
    }

    /// <summary>Rewrites the file if most of its records are replaced ones. Call when idle.</summary>
    /// <param name="book">The book of this journal.</param>
    public void CompactIfWorthwhile(LeaseBook book)
    {
        if (_records < CompactAbove || _records < 2 * book.Leases.Count || HasPending)
        {
            return;
        }

        Compact(book);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            _ = TryFlush();
            _file.Dispose();
        }
    }

    internal void Compact(LeaseBook book)
    {
        byte[] content = new byte[FileHeader.Length + (book.Leases.Count * LeaseRecord.Maximum)];
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

        try
        {
            AtomicFile.WriteAllBytes(_path, content.AsSpan(0, length), Mode);
            SafeFileHandle compacted = OpenFile(_path);
            _file.Dispose();
            _file = compacted;
            _length = length;
            _records = records;
            _pendingLength = 0;
            _pendingRecords = 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SystemCallException)
        {
            LogCompactionFailed(_path, e.Message);
        }
    }

    private static SafeFileHandle OpenFile(string path)
    {
        if (!File.Exists(path))
        {
            AtomicFile.WriteAllBytes(path, FileHeader, Mode);
        }

        // FileShare.None is an exclusive lock: two servers on one book would give one address twice.
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private void Load(LeaseBook book)
    {
        byte[] content = new byte[RandomAccess.GetLength(_file)];
        int read = 0;
        while (read < content.Length && RandomAccess.Read(_file, content.AsSpan(read), read) is > 0 and int count)
        {
            read += count;
        }

        ReadOnlySpan<byte> data = content.AsSpan(0, read);
        if (!data.StartsWith(FileHeader))
        {
            SetAside(data, torn: FileHeader.StartsWith(data));
            return;
        }

        int position = FileHeader.Length;
        int damaged = 0;
        while (position < data.Length)
        {
            if (LeaseRecord.TryRead(data[position..], out Lease? lease, out int length))
            {
                position += length;
                _records++;
                if (lease is not null)
                {
                    book.Load(lease);
                }

                continue;
            }

            int next = FindRecord(data, position + 1);
            if (next < 0)
            {
                break;
            }

            LogDamaged(_path, position, next - position);
            damaged++;
            position = next;
        }

        _length = position;
        if (position < data.Length)
        {
            LogTornTail(_path, position, data.Length - position);
            RandomAccess.SetLength(_file, position);
            RandomAccess.FlushToDisk(_file);
        }

        if (damaged > 0)
        {
            Compact(book);
        }
    }

    private static int FindRecord(ReadOnlySpan<byte> data, int from)
    {
        for (int position = from; position < data.Length; position++)
        {
            if (data[position] == LeaseRecord.Marker && LeaseRecord.TryRead(data[position..], out _, out _))
            {
                return position;
            }
        }

        return -1;
    }

    private void SetAside(ReadOnlySpan<byte> content, bool torn)
    {
        if (!torn)
        {
            string aside = _path + ".damaged";
            LogNoJournal(_path, aside);
            AtomicFile.WriteAllBytes(aside, content, Mode);
        }

        RandomAccess.SetLength(_file, 0);
        RandomAccess.Write(_file, FileHeader, 0);
        RandomAccess.FlushToDisk(_file);
        _length = FileHeader.Length;
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "{Path}: cannot write leases ({Reason}). No address is given until it can be written: free some space, or check the disk.")]
    private partial void LogWriteFailed(string path, string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "{Path}: leases can be written again.")]
    private partial void LogWriteRecovered(string path);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "{Path}: {Octets} octets at offset {Offset} are no whole record, as after a power cut; cut off.")]
    private partial void LogTornTail(string path, int offset, int octets);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "{Path}: {Octets} damaged octets at offset {Offset} skipped; the leases behind them are read.")]
    private partial void LogDamaged(string path, int offset, int octets);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "{Path} is no lease journal; kept as {Aside}, a new one is begun.")]
    private partial void LogNoJournal(string path, string aside);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "{Path}: cannot be rewritten shorter ({Reason}); it goes on growing.")]
    private partial void LogCompactionFailed(string path, string reason);
}
