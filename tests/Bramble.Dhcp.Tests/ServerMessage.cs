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

    public Ipv4Address Ciaddr => Open().Ciaddr;

    public Ipv4Address Giaddr => Open().Giaddr;

    /// <summary>Codes of the options field in their order, then those of file and sname.</summary>
    public IReadOnlyList<byte> Codes
    {
        get
        {
            var codes = new List<byte>();
            var options = new DhcpOptionEnumerator(Open());
            while (options.MoveNext())
            {
                codes.Add(options.Code);
            }

            return codes;
        }
    }

    /// <summary>file, up to its first NUL.</summary>
    public string File => System.Text.Encoding.ASCII.GetString(Octets.AsSpan(108, 128)).TrimEnd('\0');

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
