namespace Bramble.Tftp.Wire;

/// <summary>The options of a request that Bramble knows.</summary>
public enum TftpOptionKind
{
    /// <summary>Block size in bytes, RFC 2348.</summary>
    BlockSize = 1,

    /// <summary>Size of the file in bytes, RFC 2349.</summary>
    TransferSize = 2,

    /// <summary>Retransmission time-out in seconds, RFC 2349.</summary>
    Timeout = 3,

    /// <summary>Retransmission time-out in microseconds, as tftp-hpa has it.</summary>
    MicroTimeout = 4,

    /// <summary>Blocks in a window, RFC 7440.</summary>
    WindowSize = 5,
}
