namespace Bramble.Linux.Sockets;

/// <summary>What stands behind a network interface.</summary>
public enum InterfaceKind
{
    /// <summary>lo.</summary>
    Loopback,

    /// <summary>An Ethernet port.</summary>
    Wired,

    /// <summary>Wi-Fi.</summary>
    Wireless,

    /// <summary>Bridge, VLAN, veth, tunnel: no hardware of its own.</summary>
    Virtual,
}
