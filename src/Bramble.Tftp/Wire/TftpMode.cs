namespace Bramble.Tftp.Wire;

/// <summary>Transfer modes (RFC 1350 section 1).</summary>
public enum TftpMode
{
    /// <summary>A word that no RFC knows.</summary>
    Unknown,

    /// <summary>Bytes as they are.</summary>
    Octet,

    /// <summary>Text with CR LF line ends.</summary>
    Netascii,

    /// <summary>Mail to a user; obsolete.</summary>
    Mail,
}
