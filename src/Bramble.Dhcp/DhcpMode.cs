namespace Bramble.Dhcp;

/// <summary>How the server acts on the network.</summary>
public enum DhcpMode
{
    /// <summary>Looks for another DHCP server and is a proxy beside one, else a server. As a current mode: still looking.</summary>
    Auto,

    /// <summary>Gives addresses and boot information.</summary>
    Server,

    /// <summary>Gives boot information only, beside another DHCP server.</summary>
    Proxy,
}
