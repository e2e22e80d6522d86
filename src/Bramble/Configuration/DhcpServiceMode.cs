namespace Bramble.Configuration;

/// <summary>What the box does about DHCP.</summary>
internal enum DhcpServiceMode
{
    /// <summary>Server, unless another DHCP server answers on the network: then ProxyDHCP.</summary>
    Auto,

    /// <summary>The network's DHCP server.</summary>
    Server,

    /// <summary>ProxyDHCP beside another server.</summary>
    Proxy,

    /// <summary>No DHCP at all; boards find the box by their own settings (TFTP_IP) or by another server's option 66.</summary>
    Off,
}
