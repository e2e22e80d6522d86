using System.Buffers.Binary;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests;

/// <summary>Builds what clients send.</summary>
internal sealed class ClientMessage
{
    private readonly byte[] _buffer = new byte[1500];
    private int _length = 240;

    public ClientMessage(DhcpMessageType type, string mac, uint xid = 0x12345678, Ipv4Address ciaddr = default, Ipv4Address giaddr = default, bool broadcast = false)
    {
        _buffer[0] = 1;
        _buffer[1] = 1;
        _buffer[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(4), xid);
        _buffer[10] = (byte)(broadcast ? 0x80 : 0);
        ciaddr.CopyTo(_buffer.AsSpan(12));
        giaddr.CopyTo(_buffer.AsSpan(24));
        Assert.True(MacAddress.TryParse(mac, out MacAddress address));
        address.CopyTo(_buffer.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(236), 0x63825363);
        With(DhcpOption.MessageType, (byte)type);
    }

    public ClientMessage With(byte code, params byte[] value)
    {
        _buffer[_length] = code;
        _buffer[_length + 1] = (byte)value.Length;
        value.CopyTo(_buffer, _length + 2);
        _length += 2 + value.Length;
        return this;
    }

    public ClientMessage Hops(byte hops)
    {
        _buffer[3] = hops;
        return this;
    }

    public ClientMessage With(byte code, string hexOrText) =>
        With(code, hexOrText.Contains(':', StringComparison.Ordinal) && !hexOrText.StartsWith("PXE", StringComparison.Ordinal)
            ? Convert.FromHexString(hexOrText.Replace(":", "", StringComparison.Ordinal))
            : System.Text.Encoding.ASCII.GetBytes(hexOrText));

    public ClientMessage With(byte code, Ipv4Address address)
    {
        byte[] octets = new byte[4];
        address.CopyTo(octets);
        return With(code, octets);
    }

    public byte[] Build()
    {
        _buffer[_length] = 255;
        return _buffer[..(_length + 1)];
    }

    public static ClientMessage Pi4Discover(string mac = "e4:5f:01:09:02:f7", uint xid = 0xa1b2c3d4) => new ClientMessage(DhcpMessageType.Discover, mac, xid)
        .With(55, 1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135)
        .With(93, 0, 0).With(94, 1, 2, 1)
        .With(97, "00:34:69:50:52:14:31:d0:00:01:09:02:f7:3d:f0:cd:91")
        .With(60, "PXEClient:Arch:00000:UNDI:002001");

    /// <summary>UEFI (RPI_EFI.fd) on a Pi: another identifier, architecture 11.</summary>
    public static ClientMessage Uefi(DhcpMessageType type = DhcpMessageType.Discover, string mac = "e4:5f:01:09:02:f7", Ipv4Address ciaddr = default, byte architecture = 11) =>
        new ClientMessage(type, mac, 0x55667788, ciaddr: ciaddr)
            .With(57, 5, 0xc0)
            .With(55, 1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 129, 130, 131, 132, 133, 134, 135)
            .With(97, "00:00:14:31:d0:00:00:00:00:00:00:e4:5f:01:09:02:f7")
            .With(94, 1, 3, 16).With(93, 0, architecture)
            .With(60, $"PXEClient:Arch:000{architecture:00}:UNDI:003000");

    public static ClientMessage Pi3RomDiscover(string mac = "b8:27:eb:07:bc:c6") => new ClientMessage(DhcpMessageType.Discover, mac, 0x26f30339)
        .With(55, 43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66)
        .With(93, 0, 0).With(94, 1, 2, 1)
        .With(97, "00:44:44:44:44:44:44:44:44:44:44:44:44:44:44:44:44")
        .With(60, "PXEClient:Arch:00000:UNDI:002001");
}
