namespace Bramble.VirtualPi.Wire;

/// <summary>Option 53 (RFC 2132 §9.6).</summary>
internal enum DhcpMessageType
{
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Ack = 5,
    Nak = 6,
}
