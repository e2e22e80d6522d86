using System.Buffers.Binary;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Tftp.Transfers;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>
/// The transfer machine against a client that may do anything: eight octets of parameters, then steps of three octets each (what, and a
/// number). What a server promises must hold whatever the client does.
/// </summary>
internal sealed class TftpTransferTarget : IFuzzTarget
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const int ParameterBytes = 8;
    private const int MaxOpeningRetries = 2;

    private static readonly int[] s_blockSizes = [8, 512, 1468, 65464];
    private static readonly int[] s_windows = [1, 1, 2, 3, 8, 64, 1000, 32767];
    private static readonly int[] s_timeouts = [1000, 250, 10, 255_000];

    public string Name => "tftp-transfer";

    public Mutator Mutator => ByteMutations.Mutate;

    public IEnumerable<byte[]> Seeds =>
    [
        // Length (4), block size, window, time-out, flags; then: ACK 0, ACK 1, …
        [0, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2],
        [0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1],
        [0, 1, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 8, 0, 0, 4, 5, 0, 0, 0, 0, 8],
        [0, 8, 0, 10, 0, 5, 0, 2, 0, 0, 0, 6, 0, 64, 6, 0, 64, 6, 0, 64],
        [0, 0, 9, 0, 1, 0, 2, 0, 1, 0, 0, 4, 0, 255, 5, 0, 0, 2, 0, 5],
        [0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < ParameterBytes)
        {
            return;
        }

        var client = new Client(ParametersOf(input));
        for (ReadOnlySpan<byte> steps = input[ParameterBytes..]; steps.Length >= 3; steps = steps[3..])
        {
            client.Do(steps[0] & 7, BinaryPrimitives.ReadUInt16BigEndian(steps[1..]));
        }

        client.GoSilent();
    }

    private static TransferParameters ParametersOf(ReadOnlySpan<byte> input)
    {
        int window = s_windows[input[5] % s_windows.Length];
        long timeout = s_timeouts[input[6] % s_timeouts.Length] * Millisecond;
        return new TransferParameters
        {
            Length = BinaryPrimitives.ReadUInt32BigEndian(input),
            BlockSize = s_blockSizes[input[4] % s_blockSizes.Length],
            WindowSize = window,
            SendsOptions = window > 1 || (input[7] & 1) == 0,
            FirstTimeout = Math.Max(timeout, 1000 * Millisecond),
            DataTimeout = timeout,
            MaxTimeout = Math.Max(timeout, 8000 * Millisecond),
            MaxRetries = 5,
            MaxOpeningRetries = MaxOpeningRetries,
            MaxDuration = 3600 * 1000 * Millisecond,
            Rollover = (input[7] & 2) == 0 ? BlockRollover.ToZero : BlockRollover.ToOne,
        };
    }

    private sealed class Client
    {
        private readonly TransferParameters _parameters;
        private readonly ReadTransfer _transfer;
        private long _now;
        private int _requests = 1;
        private long _packetsBeforeAnswer;
        private long _acknowledgedBytes;
        private long _sentByAcknowledgment;
        private TransferState _end;

        public Client(TransferParameters parameters)
        {
            _parameters = parameters;
            _transfer = new ReadTransfer(parameters);
            Check(_transfer.Start(0), byAcknowledgment: false);
        }

        public void Do(int what, ushort number)
        {
            switch (what)
            {
                case 0:
                    Check(_transfer.OnAcknowledgment(number, _now), byAcknowledgment: true);
                    break;
                case 1:
                    _requests++;
                    Check(_transfer.OnRequestAgain(_now), byAcknowledgment: false);
                    break;
                case 2:
                    _transfer.OnError(number);
                    Check(TransferStep.None, byAcknowledgment: false);
                    break;
                case 3:
                    _transfer.OnOtherRequest();
                    Check(TransferStep.None, byAcknowledgment: false);
                    break;
                case 4:
                    _now += number * Millisecond;
                    Fire();
                    break;
                case 5:
                    _now = Math.Max(_now, _transfer.Deadline);
                    Fire();
                    break;
                case 6:
                    // The client that means well: the last block that was sent.
                    Check(_transfer.OnAcknowledgment(_transfer.NumberOf(_transfer.NextBlock - 1), _now), byAcknowledgment: true);
                    break;
                default:
                    _now += number;
                    break;
            }
        }

        /// <summary>However the client leaves, the server ends within its bound.</summary>
        public void GoSilent()
        {
            long since = _now;
            for (int turns = 0; !_transfer.HasEnded; turns++)
            {
                Require(turns < 100, "a silent client is asked without end");
                _now = Math.Max(_now, _transfer.Deadline);
                Fire();
            }

            // The longest time-out of each try, and the one that was running.
            long bound = (_parameters.MaxRetries + 2) * Math.Max(_parameters.FirstTimeout, _parameters.MaxTimeout);
            Require(_now - since <= bound, $"a silent client is kept for {TimeSpan.FromTicks(_now - since)}");
            Coverage.Outcome((int)_transfer.State * 8);
        }

        private void Fire() => Check(_transfer.OnTimer(_now), byAcknowledgment: false);

        private void Check(TransferStep step, bool byAcknowledgment)
        {
            if (_end != default)
            {
                Require(step == TransferStep.None && _transfer.State == _end, "something happens after the end");
                return;
            }

            Require(_transfer.AcknowledgedBytes >= _acknowledgedBytes && _transfer.AcknowledgedBytes <= _parameters.Length, "acknowledged bytes go back or over the end");
            _acknowledgedBytes = _transfer.AcknowledgedBytes;
            if (step.Action == TransferAction.SendData)
            {
                CheckBlocks(step, byAcknowledgment);
            }

            _packetsBeforeAnswer += _transfer.IsConfirmed ? 0 : step.Action == TransferAction.None ? 0 : Math.Max(1, step.Count);
            Require(_packetsBeforeAnswer <= _requests * (1 + MaxOpeningRetries), "a client that never answered is flooded");
            if (_transfer.HasEnded)
            {
                Require(step == TransferStep.None, "a block is sent at the end");
                Require(_transfer.State != TransferState.Completed || _acknowledgedBytes == _parameters.Length, "completed without the whole file");
                _end = _transfer.State;
                return;
            }

            // Kept for the wheel: a deadline is ahead, and not so far that a dead client is never found.
            long longest = Math.Max(Math.Max(_parameters.FirstTimeout, _parameters.DataTimeout), _parameters.MaxTimeout);
            Require(_transfer.Deadline <= _now + longest, "a deadline is too far ahead");
        }

        private void CheckBlocks(TransferStep step, bool byAcknowledgment)
        {
            long last = step.FirstBlock + step.Count - 1;
            Require(step.Count >= 1 && step.Count <= _parameters.WindowSize, $"{step.Count} blocks in a window of {_parameters.WindowSize}");
            Require(step.FirstBlock >= 1 && last <= _transfer.LastBlock, "a block outside of the file is sent");
            Require(_transfer.OffsetOf(step.FirstBlock) >= Math.Min(_acknowledgedBytes, _transfer.OffsetOf(_transfer.LastBlock)), "an acknowledged block is sent again");
            Require(_transfer.LengthOf(last) == (last == _transfer.LastBlock ? _parameters.Length % _parameters.BlockSize : _parameters.BlockSize), "a block has the wrong length");
            Require(_transfer.NextBlock == last + 1, "the machine sent other blocks than it said");
            if (byAcknowledgment && _parameters.WindowSize == 1)
            {
                Require(step.FirstBlock > _sentByAcknowledgment, "the sorcerer's apprentice: an acknowledgment sends a block a second time");
                _sentByAcknowledgment = step.FirstBlock;
            }
        }
    }
}
