namespace Bramble.Dhcp.Wire;

/// <summary>Offsets and sizes of the fixed part (RFC 2131 section 2, figure 1).</summary>
internal static class DhcpHeader
{
    public const int Op = 0;
    public const int Htype = 1;
    public const int Hlen = 2;
    public const int Hops = 3;
    public const int Xid = 4;
    public const int Secs = 8;
    public const int Flags = 10;
    public const int Ciaddr = 12;
    public const int Yiaddr = 16;
    public const int Siaddr = 20;
    public const int Giaddr = 24;
    public const int Chaddr = 28;
    public const int Sname = 44;
    public const int SnameLength = 64;
    public const int File = 108;
    public const int FileLength = 128;
    public const int Cookie = 236;
    public const int Options = 240;

    public const byte BootRequest = 1;
    public const byte BootReply = 2;
    public const byte Ethernet = 1;
    public const ushort BroadcastFlag = 0x8000;
    public const uint MagicCookie = 0x6382_5363;

    /// <summary>Relay agents that a request may have passed (RFC 1542 section 4.1.1).</summary>
    public const byte MaximumHops = 16;

    /// <summary>A BOOTP message is never shorter than this (RFC 1542 section 2.1).</summary>
    public const int MinimumLength = 300;

    /// <summary>Octets of IP and UDP header, which option 57 counts too.</summary>
    public const int IpAndUdp = 28;

    /// <summary>What a client takes that sends no option 57: 576 octets less IP and UDP headers (RFC 2131 section 2).</summary>
    public const int DefaultMaximum = 576 - IpAndUdp;

    /// <summary>The most that fits one Ethernet frame without fragments.</summary>
    public const int EthernetMaximum = 1500 - IpAndUdp;
}
