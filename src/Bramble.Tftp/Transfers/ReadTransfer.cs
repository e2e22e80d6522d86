using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Transfers;

/// <summary>
/// The server's side of one read: takes acknowledgments, errors and the clock, and answers what to send. It holds no
/// bytes and no socket, and allocates nothing. Times are ticks of 100 ns on any clock that only goes forward.
/// </summary>
/// <remarks>
/// A duplicate acknowledgment never makes a lockstep sender repeat itself (the sorcerer's apprentice of RFC 1123 section
/// 4.2.3.1); only its timer does. With windows (RFC 7440 section 4) an acknowledgment of an earlier block tells a gap, and the
/// sender goes back to it at once. Blocks that were sent twice then make many clients acknowledge twice, which looks like
/// gaps again; until all of them are acknowledged the sender therefore only moves on, and leaves true gaps to a quick timer.
/// </remarks>
public sealed class ReadTransfer
{
    // A gap report cannot come back sooner than a packet travels there and back; an acknowledgment that the network doubled does.
    private const int QuickestGapShare = 4;

    // The quick timer: so many turns of a window, and not less than this.
    private const int QuickTimerTurns = 4;
    private const long QuickTimerFloor = 30 * TimeSpan.TicksPerMillisecond;

    private readonly TransferParameters _parameters;
    private readonly long _lastBlock;
    private long _startedAt;
    private long _acknowledged;
    private long _next = 1;
    private long _sentAt;
    private long _quickestTurn = long.MaxValue;
    private int _retries;
    private long _sentTwiceUntil = -1;
    private bool _hasQuickTimer;

    /// <summary>Makes a transfer that has not begun.</summary>
    public ReadTransfer(in TransferParameters parameters)
    {
        _parameters = parameters;
        _lastBlock = (parameters.Length / parameters.BlockSize) + 1;
    }

    /// <summary>Where it stands.</summary>
    public TransferState State { get; private set; }

    /// <summary>When <see cref="OnTimer"/> wants to be called; it may move later, never earlier than the last step said plus the shortest time-out.</summary>
    public long Deadline { get; private set; }

    /// <summary>When the client last acknowledged anything; the start before it did.</summary>
    public long HeardAt { get; private set; }

    /// <summary>Packets that were sent again.</summary>
    public int Retransmits { get; private set; }

    /// <summary>True once it ended in any way.</summary>
    public bool HasEnded => State > TransferState.Sending;

    /// <summary>True once the client answered anything: it is there and it is who it says.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Bytes of the file that were acknowledged.</summary>
    public long AcknowledgedBytes => Math.Min(_parameters.Length, _acknowledged * _parameters.BlockSize);

    /// <summary>The agreed numbers.</summary>
    public TransferParameters Parameters => _parameters;

    /// <summary>The number of the last block, which is short or empty.</summary>
    public long LastBlock => _lastBlock;

    /// <summary>The block after the last one that was sent.</summary>
    public long NextBlock => _next;

    /// <summary>Length of a block's data.</summary>
    public int LengthOf(long block) => (int)Math.Min(_parameters.BlockSize, _parameters.Length - OffsetOf(block));

    /// <summary>Place of a block in the file.</summary>
    public long OffsetOf(long block) => (block - 1) * _parameters.BlockSize;

    /// <summary>A block's number on the wire.</summary>
    public ushort NumberOf(long block) => BlockNumbers.ToWire(block, _parameters.Rollover);

    /// <summary>Answers the request.</summary>
    public TransferStep Start(long now)
    {
        _startedAt = HeardAt = now;
        return Open(now);
    }

    /// <summary>The same request came again from the same port: the client did not see the first answer yet.</summary>
    public TransferStep OnRequestAgain(long now)
    {
        if (State != TransferState.Opening || now - _sentAt < _parameters.FirstTimeout)
        {
            return TransferStep.None;
        }

        // The client is still there: its patience counts, not ours.
        _retries = 0;
        Retransmits++;
        return Open(now);
    }

    /// <summary>An ACK came.</summary>
    /// <param name="number">Its block number.</param>
    /// <param name="now">The time.</param>
    public TransferStep OnAcknowledgment(ushort number, long now)
    {
        if (HasEnded)
        {
            return TransferStep.None;
        }

        long block = BlockNumbers.FromWire(number, _acknowledged, _next - 1, _parameters.Rollover);
        if (State == TransferState.Opening)
        {
            // Block 0 answers an OACK, block 1 answers a first block; anything else belongs to an earlier transfer of this port.
            if (block != (_parameters.SendsOptions ? 0 : 1))
            {
                return TransferStep.None;
            }

            State = TransferState.Sending;
            IsConfirmed = true;
            HeardAt = now;
            return Advance(block, now);
        }

        HeardAt = now;
        if (block > _acknowledged)
        {
            return Advance(block, now);
        }

        return block == _acknowledged && _parameters.WindowSize > 1 ? OnGap(now) : TransferStep.None;
    }

    /// <summary>An ERROR came.</summary>
    /// <param name="code">Its code.</param>
    public void OnError(ushort code)
    {
        if (HasEnded)
        {
            return;
        }

        IsConfirmed = true;
        if (code == (ushort)TftpErrorCode.UnknownTransferId && WaitsForTheEndOnly)
        {
            // Its acknowledgment was lost, and the block that was sent again came to a port that is closed by now.
            _acknowledged = _lastBlock;
            State = TransferState.Completed;
            return;
        }

        State = _acknowledged == 0 ? TransferState.Probed : TransferState.Aborted;
    }

    /// <summary>The client asks for something else from the same port.</summary>
    public void OnOtherRequest()
    {
        if (!HasEnded)
        {
            State = WaitsForTheEndOnly ? TransferState.Unconfirmed : TransferState.Aborted;
        }
    }

    /// <summary>The bytes cannot be read any more, or the server stops.</summary>
    public void Abort()
    {
        if (!HasEnded)
        {
            State = TransferState.Aborted;
        }
    }

    /// <summary>The clock reached <see cref="Deadline"/>; earlier calls do nothing.</summary>
    public TransferStep OnTimer(long now)
    {
        if (HasEnded || now < Deadline)
        {
            return TransferStep.None;
        }

        if (_retries >= _parameters.MaxRetries || now - _startedAt >= _parameters.MaxDuration)
        {
            State = WaitsForTheEndOnly ? TransferState.Unconfirmed : TransferState.TimedOut;
            return TransferStep.None;
        }

        if (State == TransferState.Opening)
        {
            return OnOpeningTimer(now);
        }

        _retries += _hasQuickTimer ? 0 : 1;
        return GoBack(now, quickTimer: false);
    }

    private bool WaitsForTheEndOnly => State == TransferState.Sending && _next > _lastBlock;

    private TransferStep OnOpeningTimer(long now)
    {
        if (++_retries > _parameters.MaxOpeningRetries)
        {
            SetDeadline(now, _parameters.FirstTimeout);
            return TransferStep.None;
        }

        Retransmits++;
        return Open(now);
    }

    private TransferStep Open(long now)
    {
        State = TransferState.Opening;
        _sentAt = now;
        SetDeadline(now, _parameters.FirstTimeout);
        if (_parameters.SendsOptions)
        {
            return TransferStep.Options;
        }

        _next = 2;
        return new TransferStep(TransferAction.SendData, 1, 1);
    }

    private TransferStep Advance(long block, long now)
    {
        if (_acknowledged > _sentTwiceUntil)
        {
            _quickestTurn = Math.Min(_quickestTurn, Math.Max(1, now - _sentAt));
        }

        _retries = 0;
        _acknowledged = block;
        if (block >= _lastBlock)
        {
            State = TransferState.Completed;
            return TransferStep.None;
        }

        if (block == _next - 1)
        {
            return SendFrom(block + 1, now, quickTimer: false);
        }

        return block > _sentTwiceUntil ? GoBack(now, quickTimer: true) : SendFrom(_next, now, quickTimer: true);
    }

    private TransferStep OnGap(long now)
    {
        return _acknowledged <= _sentTwiceUntil || _quickestTurn == long.MaxValue || now - _sentAt < _quickestTurn / QuickestGapShare
            ? TransferStep.None
            : GoBack(now, quickTimer: true);
    }

    private TransferStep GoBack(long now, bool quickTimer)
    {
        _sentTwiceUntil = _next - 1;
        return SendFrom(_acknowledged + 1, now, quickTimer);
    }

    /// <summary>Sends from a block up to the end of the window that begins after the last acknowledged one.</summary>
    private TransferStep SendFrom(long first, long now, bool quickTimer)
    {
        long end = Math.Min(_acknowledged + _parameters.WindowSize, _lastBlock) + 1;
        int count = (int)(end - first);
        Retransmits += (int)(_next - first);
        _next = end;
        _sentAt = now;
        _hasQuickTimer = quickTimer && _parameters.WindowSize > 1;
        SetDeadline(now, _hasQuickTimer ? QuickTimeout : _parameters.DataTimeout);
        return count == 0 ? TransferStep.None : new TransferStep(TransferAction.SendData, first, count);
    }

    private long QuickTimeout => Math.Min(_parameters.DataTimeout, Math.Max(QuickTimerFloor, Math.Min(_quickestTurn, long.MaxValue / QuickTimerTurns) * QuickTimerTurns));

    private void SetDeadline(long now, long timeout)
    {
        long wait = Math.Min(timeout << Math.Min(_retries, 16), Math.Max(timeout, _parameters.MaxTimeout));
        Deadline = Math.Min(now + wait, Math.Max(now + 1, _startedAt + _parameters.MaxDuration));
    }
}
