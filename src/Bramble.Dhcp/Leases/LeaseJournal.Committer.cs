using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp.Leases;

/// <content>Writing, on a thread that may wait for the disk.</content>
public sealed partial class LeaseJournal
{
    private static readonly TimeSpan s_retryEvery = TimeSpan.FromSeconds(1);

    // One attempt at a time; guards the file and all below.
    private readonly Lock _commitGate = new();
    private byte[] _writing = new byte[16 * 1024];
    private int _writingLength;
    private int _writingRecords;
    private long _length;
    private bool _failing;
    private bool _closed;

    private Thread? _committer;
    private bool _wanted;
    private bool _stopping;

    /// <summary>What ended the committer, if anything did; it never should.</summary>
    internal Exception? CommitterFailure { get; private set; }

    private void WakeCommitter()
    {
        if (_committer is null)
        {
            _committer = new Thread(RunCommitter) { Name = "bramble-leases", IsBackground = true };
            _committer.Start();
        }

        lock (_gate)
        {
            _wanted = true;
            Monitor.Pulse(_gate);
        }
    }

    private void StopCommitter()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _committer?.Join();
    }

    private void RunCommitter()
    {
        try
        {
            bool again = false;
            while (WaitForWork(again))
            {
                again = !Commit();
                Committed?.Invoke();
            }
        }
        catch (Exception e)
        {
            CommitterFailure = e;
            Committed?.Invoke();
        }
    }

    private bool WaitForWork(bool again)
    {
        lock (_gate)
        {
            while (!_wanted && !_stopping)
            {
                if (!Monitor.Wait(_gate, again ? s_retryEvery : Timeout.InfiniteTimeSpan) && again)
                {
                    break;
                }
            }

            _wanted = false;
            return !_stopping;
        }
    }

    private bool Commit()
    {
        lock (_commitGate)
        {
            long upTo = Take(out Replacement? replacement);
            if (replacement is null && upTo == _durable)
            {
                return true;
            }

            try
            {
                _file.Write(_writing.AsSpan(0, _writingLength), _length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogWriteFailed(_path, e.Message);
                }

                Interlocked.Exchange(ref _failedUpTo, upTo);
                return false;
            }

            if (_failing)
            {
                _failing = false;
                LogWriteRecovered(_path);
            }

            _length += _writingLength;
            Volatile.Write(ref _records, _records + _writingRecords);
            _writingLength = 0;
            _writingRecords = 0;
            Volatile.Write(ref _durable, upTo);
            return true;
        }
    }

    // Moves all that has gathered to what is to be written; returns its sequence number.
    private long Take(out Replacement? replacement)
    {
        lock (_gate)
        {
            replacement = _replacement;
            if (replacement is null)
            {
                TakeGathered();
                return _appended;
            }
        }

        // What gathers meanwhile is later than the replacement, and there is no other one before this is done.
        if (TryReplace(replacement))
        {
            _length = replacement.Length;
            Volatile.Write(ref _records, replacement.Records);
            _writingLength = 0;
            _writingRecords = 0;
        }
        else
        {
            AddToWriting(replacement.Superseded, replacement.SupersededRecords);
        }

        lock (_gate)
        {
            _replacement = null;
            TakeGathered();
            return _appended;
        }
    }

    private void TakeGathered()
    {
        if (_writingLength == 0)
        {
            (_writing, _gathered) = (_gathered, _writing);
            (_writingLength, _writingRecords) = (_gatheredLength, _gatheredRecords);
        }
        else
        {
            AddToWriting(_gathered.AsSpan(0, _gatheredLength), _gatheredRecords);
        }

        _gatheredLength = 0;
        _gatheredRecords = 0;
    }

    private void AddToWriting(ReadOnlySpan<byte> octets, int records)
    {
        MakeRoom(ref _writing, _writingLength, octets.Length);
        octets.CopyTo(_writing.AsSpan(_writingLength));
        _writingLength += octets.Length;
        _writingRecords += records;
    }

    private bool TryReplace(Replacement replacement)
    {
        try
        {
            _file.Replace(replacement.Content.AsSpan(0, replacement.Length));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogCompactionFailed(_path, e.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "{Path}: cannot write leases ({Reason}). No address is given until it can be written: free some space, or check the disk.")]
    private partial void LogWriteFailed(string path, string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "{Path}: leases can be written again.")]
    private partial void LogWriteRecovered(string path);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "{Path}: cannot be rewritten shorter ({Reason}); it goes on growing.")]
    private partial void LogCompactionFailed(string path, string reason);
}
