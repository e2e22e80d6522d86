namespace Bramble.Tftp.Serving;

/// <summary>What the server counts, beside drops.</summary>
public enum TftpCounter
{
    /// <summary>Packets received.</summary>
    PacketsReceived,

    /// <summary>Read requests from served subnets.</summary>
    ReadRequests,

    /// <summary>Write requests, all refused.</summary>
    WriteRequests,

    /// <summary>Transfers begun.</summary>
    Started,

    /// <summary>Transfers completed.</summary>
    Completed,

    /// <summary>Transfers ended by the client before any data: it only looked whether the file is there.</summary>
    Probed,

    /// <summary>Transfers ended in the middle.</summary>
    Aborted,

    /// <summary>Transfers whose client went silent.</summary>
    TimedOut,

    /// <summary>Requests for files that are not there.</summary>
    NotFound,

    /// <summary>Requests refused for another reason.</summary>
    Refused,

    /// <summary>DATA packets sent, repeated ones too.</summary>
    DataPacketsSent,

    /// <summary>Bytes of file data sent, repeated ones too.</summary>
    DataBytesSent,

    /// <summary>OACK and DATA packets sent again.</summary>
    Retransmits,

    /// <summary>ERROR packets sent.</summary>
    ErrorsSent,

    /// <summary>Transfers whose last acknowledgment never came.</summary>
    Unconfirmed,

    /// <summary>Requests refused because there was no room for another transfer; counted among <see cref="Refused"/> too.</summary>
    TooManyTransfers,
}
