namespace Bramble.Tftp.Wire;

/// <summary>
/// Option values in the order that they came in. Values out of an option's range and second occurrences are left out, as
/// RFC 2347 wants of what a server does not accept.
/// </summary>
public struct TftpOptionSet
{
    private const int BitsPerKind = 4;
    private uint _order;

    /// <summary>How many options there are.</summary>
    public int Count { get; private set; }

    /// <summary>Block size in bytes, 8 to 65464; 0 if absent.</summary>
    public int BlockSize { get; private set; }

    /// <summary>File size in bytes; -1 if absent.</summary>
    public long TransferSize { get; private set; } = -1;

    /// <summary>Time-out in seconds, 1 to 255; 0 if absent.</summary>
    public int TimeoutSeconds { get; private set; }

    /// <summary>Time-out in microseconds, 10 000 to 255 000 000; 0 if absent.</summary>
    public int TimeoutMicroseconds { get; private set; }

    /// <summary>Blocks in a window, 1 to 65535; 0 if absent.</summary>
    public int WindowSize { get; private set; }

    /// <summary>An empty set.</summary>
    public TftpOptionSet()
    {
    }

    /// <summary>The option at a place in the order.</summary>
    public readonly TftpOptionKind KindAt(int index) => (TftpOptionKind)((_order >> (index * BitsPerKind)) & 0xF);

    /// <summary>The value of an option that is in the set.</summary>
    public readonly long ValueOf(TftpOptionKind kind) => kind switch
    {
        TftpOptionKind.BlockSize => BlockSize,
        TftpOptionKind.TransferSize => TransferSize,
        TftpOptionKind.Timeout => TimeoutSeconds,
        TftpOptionKind.MicroTimeout => TimeoutMicroseconds,
        _ => WindowSize,
    };

    /// <summary>Adds an option; false if the value is out of range or the option is there already.</summary>
    public bool TryAdd(TftpOptionKind kind, long value)
    {
        switch (kind)
        {
            case TftpOptionKind.BlockSize when BlockSize == 0 && value is >= TftpLimits.MinBlockSize and <= TftpLimits.MaxBlockSize:
                BlockSize = (int)value;
                break;
            case TftpOptionKind.TransferSize when TransferSize < 0 && value >= 0:
                TransferSize = value;
                break;
            case TftpOptionKind.Timeout when TimeoutSeconds == 0 && value is >= 1 and <= 255:
                TimeoutSeconds = (int)value;
                break;
            case TftpOptionKind.MicroTimeout when TimeoutMicroseconds == 0 && value is >= 10_000 and <= 255_000_000:
                TimeoutMicroseconds = (int)value;
                break;
            case TftpOptionKind.WindowSize when WindowSize == 0 && value is >= 1 and <= TftpLimits.MaxWindowSize:
                WindowSize = (int)value;
                break;
            default:
                return false;
        }

        _order |= (uint)kind << (Count++ * BitsPerKind);
        return true;
    }
}
