namespace Bramble.Tftp.Transfers;

/// <summary>Where a transfer stands.</summary>
public enum TransferState
{
    /// <summary>The OACK or the first block waits for its first acknowledgment.</summary>
    Opening,

    /// <summary>Blocks are on their way.</summary>
    Sending,

    /// <summary>The last block was acknowledged.</summary>
    Completed,

    /// <summary>The client ended it before it acknowledged any data.</summary>
    Probed,

    /// <summary>The client ended it in the middle, or the file's bytes are gone.</summary>
    Aborted,

    /// <summary>The client went silent, or the bound of the whole transfer passed.</summary>
    TimedOut,

    /// <summary>Every block was sent, and only the acknowledgment of the last window never came: most likely the client has the file (RFC 1350 section 6).</summary>
    Unconfirmed,
}
