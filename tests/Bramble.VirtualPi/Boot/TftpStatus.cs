namespace Bramble.VirtualPi.Boot;

/// <summary>How a read request ended.</summary>
internal enum TftpStatus
{
    /// <summary>Read to the end.</summary>
    Complete,

    /// <summary>It is there; the transfer was broken off.</summary>
    Probed,

    /// <summary>The server answered ERROR.</summary>
    Refused,
}
