namespace Bramble.Tftp.Serving;

/// <summary>How a read request stands or ended.</summary>
public enum TftpTransferOutcome
{
    /// <summary>The transfer began.</summary>
    Started,

    /// <summary>The last block was acknowledged.</summary>
    Completed,

    /// <summary>The client ended it before any data with an ERROR ("Early terminate"): it only wanted to know whether the file is there.</summary>
    Probed,

    /// <summary>The client ended it with an ERROR in the middle of the data.</summary>
    Aborted,

    /// <summary>The client stopped acknowledging.</summary>
    TimedOut,

    /// <summary>There is no such file for this client (error 1 was sent).</summary>
    NotFound,

    /// <summary>Refused for another reason: not readable, not allowed, a write, an illegal operation.</summary>
    Refused,

    /// <summary>Every block was sent, and only the acknowledgment of the last ones never came: most likely the client has the file (RFC 1350 section 6).</summary>
    Unconfirmed,
}
