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

    /// <summary>A DHCPOFFER or DHCPACK of another server was seen, or a DHCPREQUEST that names one.</summary>
    OtherServer,
}
