namespace Bramble.Panel.Pages;

/// <summary>What the display can show.</summary>
public enum PageKind
{
    /// <summary>Name, address, DHCP mode, counts of clients.</summary>
    Overview,

    /// <summary>Clients that are booting.</summary>
    Boots,

    /// <summary>The newest fault.</summary>
    Fault,

    /// <summary>Pairing: open or closed, boards that wait.</summary>
    Pairing,

    /// <summary>Images that are being imported.</summary>
    Import,

    /// <summary>The data disk.</summary>
    Storage,

    /// <summary>Link, address, other DHCP servers.</summary>
    Network,

    /// <summary>Fingerprint of the SSH host key.</summary>
    SshKey,

    /// <summary>Version, machine, uptime.</summary>
    About,

    /// <summary>Bramble starts.</summary>
    Starting,

    /// <summary>An update is being installed.</summary>
    Updating,

    /// <summary>The machine shuts down.</summary>
    ShuttingDown,

    /// <summary>The machine is being reset.</summary>
    Resetting,

    /// <summary>The button is held: what letting go would do.</summary>
    Hold,

    /// <summary>A short answer to what the button did.</summary>
    Notice,
}
