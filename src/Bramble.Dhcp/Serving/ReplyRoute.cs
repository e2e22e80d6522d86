namespace Bramble.Dhcp.Serving;

/// <summary>Where a reply goes (RFC 2131 section 4.1).</summary>
public enum ReplyRoute : byte
{
    /// <summary>255.255.255.255.</summary>
    Broadcast,

    /// <summary>Plain unicast: to a relay agent, or to a client that has its address.</summary>
    Unicast,

    /// <summary>To the client's Ethernet address and its address-to-be, which does not answer ARP yet. Where that cannot be sent: broadcast.</summary>
    LinkLayer,
}
