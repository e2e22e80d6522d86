namespace Bramble.Fleet.Identity;

/// <summary>How the names in a message of firmware compare with the boards that are bound.</summary>
internal enum IdentityOutcome
{
    /// <summary>No bound board has the serial or the MAC address.</summary>
    Free,

    /// <summary>The bound board itself.</summary>
    Bound,

    /// <summary>The serial of a bound board, from another MAC address.</summary>
    SerialFromOtherMac,

    /// <summary>The MAC address of a bound board, with another serial.</summary>
    MacWithOtherSerial,
}
