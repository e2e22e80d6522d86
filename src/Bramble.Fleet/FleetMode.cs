namespace Bramble.Fleet;

/// <summary>Who gives the boards their addresses.</summary>
public enum FleetMode
{
    /// <summary>Bramble is the DHCP server.</summary>
    Server,

    /// <summary>Another DHCP server is; Bramble adds the boot information (ProxyDHCP).</summary>
    Proxy,
}
