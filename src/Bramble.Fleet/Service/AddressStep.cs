namespace Bramble.Fleet.Service;

/// <summary>What a DHCP step says about the address of a board.</summary>
internal enum AddressStep
{
    /// <summary>Nothing: an offer, for example, that the board may not take.</summary>
    None,

    /// <summary>The board uses the address from now on, and will not say so: a Pi 3's firmware sends no DHCPREQUEST.</summary>
    Held,

    /// <summary>This server gave it: the root may be opened to it.</summary>
    Given,

    /// <summary>Another server gives it, as the board says. Whether the board has it is to be seen.</summary>
    Said,
}
