using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests;

/// <summary>A reply, read with the product's own reader.</summary>
internal sealed class ServerMessage(byte[] message, Reply reply)
{
    public byte[] Octets { get; } = message;

    public Reply Reply { get; } = reply;

    public DhcpMessageType Type => Open().MessageType;

    public Ipv4Address Yiaddr => Open().Yiaddr;

    public Ipv4Address Siaddr => Open().Siaddr;

    public bool IsBroadcastFlagSet => Open().WantsBroadcast;

    public byte[]? Option(byte code) => Open().TryGetOption(code, new byte[1500], out ReadOnlySpan<byte> value) ? value.ToArray() : null;

    public string? Text(byte code) => Option(code) is { } value ? System.Text.Encoding.ASCII.GetString(value) : null;

    public Ipv4Address? Address(byte code) => Option(code) is { Length: 4 } value ? Ipv4Address.FromOctets(value) : null;

    public uint? Number(byte code) => Address(code)?.Value;

    private DhcpPacket Open()
    {
        Assert.True(DhcpPacket.TryParse(Octets, out DhcpPacket packet, out DhcpDropReason reason), reason.ToString());
        Assert.Equal(2, packet.Op);
        return packet;
    }
}
