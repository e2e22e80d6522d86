namespace Bramble.Fleet.Service;

/// <summary>How it is known that a board has an address; the greater, the better.</summary>
internal enum AddressProof
{
    /// <summary>A DHCP message of its own says so. Anybody can send one.</summary>
    Said,

    /// <summary>The kernel's neighbour table has the board's MAC address for it.</summary>
    Shown,

    /// <summary>This server gave it.</summary>
    Given,
}
