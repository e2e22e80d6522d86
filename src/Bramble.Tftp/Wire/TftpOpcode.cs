namespace Bramble.Tftp.Wire;

/// <summary>TFTP packet types (RFC 1350 section 5, RFC 2347).</summary>
public enum TftpOpcode : ushort
{
    /// <summary>Read request.</summary>
    ReadRequest = 1,

    /// <summary>Write request.</summary>
    WriteRequest = 2,

    /// <summary>Data block.</summary>
    Data = 3,

    /// <summary>Acknowledgment.</summary>
    Acknowledgment = 4,

    /// <summary>Error.</summary>
    Error = 5,

    /// <summary>Option acknowledgment.</summary>
    OptionAcknowledgment = 6,
}
