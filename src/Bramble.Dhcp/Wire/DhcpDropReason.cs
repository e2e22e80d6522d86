namespace Bramble.Dhcp.Wire;

/// <summary>Why a received packet got no answer. Every drop is counted under exactly one of these.</summary>
public enum DhcpDropReason
{
    /// <summary>Not dropped.</summary>
    None,

    /// <summary>Shorter than the fixed header and the magic cookie (240 octets).</summary>
    TooShort,

    /// <summary>op is neither BOOTREQUEST nor BOOTREPLY, or is the wrong one for this port.</summary>
    WrongOp,

    /// <summary>Not Ethernet with a six-octet address.</summary>
    WrongHardware,

    /// <summary>chaddr is zero, a group address or broadcast.</summary>
    WrongClientAddress,

    /// <summary>The magic cookie 99.130.83.99 is missing.</summary>
    NoCookie,

    /// <summary>An option runs over the end of its field, or one of fixed size has another size.</summary>
    BadOption,

    /// <summary>No option 53, or a value that a server does not receive.</summary>
    WrongMessageType,

    /// <summary>giaddr lies in no subnet that is served.</summary>
    UnknownRelay,

    /// <summary>More than 16 relay hops (RFC 1542 section 4.1.1).</summary>
    TooManyHops,

    /// <summary>Meant for another server (option 54).</summary>
    OtherServer,

    /// <summary>The policy gives this machine nothing.</summary>
    NotServed,

    /// <summary>The policy says wait: its files are being made.</summary>
    Waiting,

    /// <summary>No address is free.</summary>
    PoolExhausted,

    /// <summary>A client asks to keep an address that this server knows nothing of (RFC 2131 section 4.3.2).</summary>
    UnknownLease,

    /// <summary>A ProxyDHCP server has no answer to this message.</summary>
    NotForProxy,

    /// <summary>It came while the server was still listening for other servers, and too many were held already.</summary>
    Probing,

    /// <summary>The reply was not sent because its lease could not be written to disk.</summary>
    NotDurable,

    /// <summary>The system refused to send the reply.</summary>
    SendFailed,

    /// <summary>One turn had more replies than it has room for.</summary>
    Overload,

    /// <summary>This hardware address holds as many addresses under different client identifiers as one may.</summary>
    TooManyLeases,

    /// <summary>A DHCPDECLINE or DHCPRELEASE that another machine than its client sent, or that was not seen to come from its client.</summary>
    ForgedSender,
}
