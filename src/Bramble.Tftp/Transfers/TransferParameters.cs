namespace Bramble.Tftp.Transfers;

/// <summary>What a transfer was agreed to be. Times are in ticks of 100 ns.</summary>
public readonly record struct TransferParameters
{
    /// <summary>Bytes to send.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes in a block (RFC 2348).</summary>
    public required int BlockSize { get; init; }

    /// <summary>Blocks in a window (RFC 7440); 1 is the lockstep of RFC 1350.</summary>
    public required int WindowSize { get; init; }

    /// <summary>True if the transfer begins with an OACK, false if with the first block.</summary>
    public required bool SendsOptions { get; init; }

    /// <summary>Time-out of the first answer. The OACK is never sent twice within it: a doubled one breaks the firmware of a Pi 2.</summary>
    public required long FirstTimeout { get; init; }

    /// <summary>Time-out of data blocks.</summary>
    public required long DataTimeout { get; init; }

    /// <summary>Longest time-out that back-off grows to; four times <see cref="DataTimeout"/> if the client chose the time-out.</summary>
    public required long MaxTimeout { get; init; }

    /// <summary>Timeouts in a row after which the client is given up.</summary>
    public required int MaxRetries { get; init; }

    /// <summary>How many of these time-outs may repeat the first answer; after them the client is only waited for, so that a forged request gets no flood.</summary>
    public required int MaxOpeningRetries { get; init; }

    /// <summary>Bound of the whole transfer.</summary>
    public required long MaxDuration { get; init; }

    /// <summary>How block numbers go on after 65535.</summary>
    public required BlockRollover Rollover { get; init; }
}
