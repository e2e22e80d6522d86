namespace Bramble.Dhcp.Policy;

/// <summary>What happened on the DHCP wire; the names are those of RFC 2131.</summary>
public enum DhcpEventKind
{
    /// <summary>DHCPDISCOVER received.</summary>
    Discover,

    /// <summary>DHCPOFFER sent.</summary>
    Offer,

    /// <summary>DHCPOFFER without an address sent, as ProxyDHCP.</summary>
    ProxyOffer,

    /// <summary>DHCPREQUEST received.</summary>
    Request,

    /// <summary>DHCPACK sent.</summary>
    Ack,

    /// <summary>DHCPNAK sent.</summary>
    Nak,

    /// <summary>DHCPDECLINE received.</summary>
    Decline,

    /// <summary>DHCPRELEASE received.</summary>
    Release,

    /// <summary>DHCPINFORM received.</summary>
    Inform,

    /// <summary>A DHCPOFFER or DHCPACK of another server was seen by a proxy, or a DHCPREQUEST that names one.</summary>
    OtherServer,

    /// <summary>A machine that has it from nobody here answered for an address that was about to be offered; the address is out of use for a while.</summary>
    AddressInUse,

    /// <summary>A DHCPOFFER or DHCPACK of another server was seen while this one is a server too.</summary>
    SecondServer,

    /// <summary>An OFFER of another server to a client was seen that names a boot server or a boot file.</summary>
    BootOffer,
}
