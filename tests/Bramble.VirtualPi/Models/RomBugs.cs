namespace Bramble.VirtualPi.Models;

/// <summary>The defects of the Pi 3 boot ROM, each of them a switch (<c>docs/reference/pi-network-boot.md</c>, "Pi 3 boot-ROM bugs").</summary>
[Flags]
public enum RomBugs
{
    /// <summary>A ROM as it was meant to be.</summary>
    None = 0,

    /// <summary>Five DISCOVERs, five seconds apart, then dark (bug 1; no known ROM is without it).</summary>
    FiveDiscovers = 1,

    /// <summary>The TFTP server is asked for by ARP even when it is on another subnet (bug 2).</summary>
    OnLinkOnly = 1 << 1,

    /// <summary>Replies whose hop count is not 0 are dropped, so relays fail (bug 3).</summary>
    HopsMustBeZero = 1 << 2,

    /// <summary>The boot menu text must end in three spaces (bug 4).</summary>
    ThreeSpaces = 1 << 3,

    /// <summary>Option 97 of the ROM is the constant 44…44 (bug 5).</summary>
    ConstantUuid = 1 << 4,

    /// <summary>ARP requests are not answered while files are loaded (bug 6).</summary>
    DeafToArp = 1 << 5,

    /// <summary>An address OFFER and a separate boot OFFER within <see cref="PiProfile.ProxyLockWindow"/> of each other lock the ROM (bug 8).</summary>
    LocksOnFastProxy = 1 << 6,

    /// <summary>A unicast reply stays in the receiver until a broadcast frame arrives (bug 9).</summary>
    StuckUntilBroadcast = 1 << 7,

    /// <summary>Without an ARP answer the read request goes to aa:aa:aa:aa:aa:aa (bug 10).</summary>
    AskWithoutArp = 1 << 8,

    /// <summary>A second OACK for one transfer within a second spoils the file (seen on start.elf).</summary>
    DuplicateOackSpoils = 1 << 9,

    /// <summary>
    /// An OFFER is known by its transaction id alone. Every Pi 3 sends the same one, so a broadcast OFFER for one board is taken by all
    /// that listen at that moment, with its address.
    /// </summary>
    TakesAnyOffer = 1 << 10,

    /// <summary>What every Pi 3B does.</summary>
    Pi3B = FiveDiscovers | OnLinkOnly | HopsMustBeZero | ThreeSpaces | ConstantUuid | DeafToArp | LocksOnFastProxy
        | AskWithoutArp | DuplicateOackSpoils | TakesAnyOffer,

    /// <summary>Also what a Pi 3B does at random, here always: boots from servers that send no broadcasts fail.</summary>
    Pi3BOnABadDay = Pi3B | StuckUntilBroadcast,

    /// <summary>What the 3B+ kept.</summary>
    Pi3BPlus = FiveDiscovers | AskWithoutArp | DuplicateOackSpoils,
}
