namespace Bramble.Tftp.Wire;

/// <summary>Numbers of the RFCs.</summary>
public static class TftpLimits
{
    /// <summary>The port that requests go to (RFC 1350 section 4).</summary>
    public const int Port = 69;

    /// <summary>Bytes before the data of a DATA packet, and the length of an ACK.</summary>
    public const int HeaderLength = 4;

    /// <summary>Block size without the option (RFC 1350 section 2).</summary>
    public const int DefaultBlockSize = 512;

    /// <summary>Smallest block size (RFC 2348).</summary>
    public const int MinBlockSize = 8;

    /// <summary>Largest block size (RFC 2348).</summary>
    public const int MaxBlockSize = 65464;

    /// <summary>Largest window (RFC 7440 section 3).</summary>
    public const int MaxWindowSize = 65535;

    /// <summary>Largest window that is agreed to: with a longer one, half of all block numbers, a late acknowledgment could be taken for a new one.</summary>
    public const int MaxAgreedWindowSize = 32767;

    /// <summary>Bytes of IPv4 and UDP headers before each packet.</summary>
    public const int IpUdpHeaderLength = 28;
}
