using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Integration.Tests.Lab;

/// <summary>A DHCP message as it was on the wire, read with the server's own codec.</summary>
internal sealed record SeenMessage
{
    private byte[] _message = [];

    public required MacAddress From { get; init; }

    public required MacAddress To { get; init; }

    public required Ipv4Address Source { get; init; }

    public required Ipv4Address Destination { get; init; }

    public required MacAddress Client { get; init; }

    public required DhcpMessageType Type { get; init; }

    public required Ipv4Address Ciaddr { get; init; }

    public required Ipv4Address Yiaddr { get; init; }

    public required Ipv4Address Siaddr { get; init; }

    public required Ipv4Address Giaddr { get; init; }

    /// <summary>RFC 2131 table 4: which of its four states a client is in that sends this DHCPREQUEST.</summary>
    public string RequestState => (Ciaddr.IsAny, Address(DhcpOption.RequestedAddress), Address(DhcpOption.ServerIdentifier), Destination == Ipv4Address.Broadcast) switch
    {
        (true, not null, not null, true) => "SELECTING",
        (true, not null, null, true) => "INIT-REBOOT",
        (false, null, null, false) => "RENEWING",
        (false, null, null, true) => "REBINDING",
        _ => "none",
    };

    /// <summary>Reads a UDP payload; null if it is no DHCP message.</summary>
    public static SeenMessage? TryRead(MacAddress from, MacAddress to, Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> payload) =>
        DhcpPacket.TryParse(payload, out DhcpPacket packet, out _)
            ? new SeenMessage
            {
                From = from,
                To = to,
                Source = source,
                Destination = destination,
                Client = packet.Chaddr,
                Type = packet.MessageType,
                Ciaddr = packet.Ciaddr,
                Yiaddr = packet.Yiaddr,
                Siaddr = packet.Siaddr,
                Giaddr = packet.Giaddr,
                _message = payload.ToArray(),
            }
            : null;

    /// <summary>An option's octets; null if it is absent.</summary>
    public byte[]? Option(byte code)
    {
        return DhcpPacket.TryParse(_message, out DhcpPacket packet, out _) && packet.TryGetOption(code, new byte[1500], out ReadOnlySpan<byte> value) ? value.ToArray() : null;
    }

    /// <summary>An option as an address; null if it is absent.</summary>
    public Ipv4Address? Address(byte code) => Option(code) is { Length: 4 } octets ? Ipv4Address.FromOctets(octets) : null;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{From} > {To} {Source} > {Destination} {Type} of {Client}: ciaddr {Ciaddr} yiaddr {Yiaddr} siaddr {Siaddr} giaddr {Giaddr} "
        + $"50 {Address(DhcpOption.RequestedAddress)} 54 {Address(DhcpOption.ServerIdentifier)} 43 {Option(DhcpOption.VendorSpecific)?.Length}";
}
