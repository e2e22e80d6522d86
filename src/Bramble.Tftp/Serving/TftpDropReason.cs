namespace Bramble.Tftp.Serving;

/// <summary>Why a packet was dropped without an effect.</summary>
public enum TftpDropReason
{
    /// <summary>Not a TFTP packet, or a request without name or mode.</summary>
    Malformed,

    /// <summary>Longer than any packet that a client sends.</summary>
    TooLong,

    /// <summary>The sender is not on a served subnet.</summary>
    NotServed,

    /// <summary>Sent to a broadcast or multicast address (RFC 1123 section 4.2.3.4).</summary>
    NotUnicast,

    /// <summary>Source port 0: nothing can be answered.</summary>
    NoSourcePort,

    /// <summary>A packet type that does not belong on that port.</summary>
    WrongOpcode,

    /// <summary>A transfer that is not there (ERROR 5 was sent unless too many were).</summary>
    UnknownTransfer,

    /// <summary>A packet for a transfer that just ended.</summary>
    AfterEnd,

    /// <summary>A duplicate or late acknowledgment.</summary>
    StaleAcknowledgment,

    /// <summary>A repeated request of a transfer that is running.</summary>
    RepeatedRequest,

    /// <summary>The kernel would not send it.</summary>
    SendFailed,
}
