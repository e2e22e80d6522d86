using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Wire;

public sealed class DhcpPacketTests
{
    [Fact]
    public void Reads_the_discover_of_a_Pi_4()
    {
        byte[] octets = ClientMessage.Pi4Discover().Build();
        Assert.Equal(322, octets.Length);
        Assert.True(DhcpPacket.TryParse(octets, out DhcpPacket packet, out _));
        Assert.Equal(DhcpMessageType.Discover, packet.MessageType);
        Assert.Equal(0xa1b2c3d4u, packet.Xid);
        Assert.Equal("e4:5f:01:09:02:f7", packet.Chaddr.ToString());
        Assert.True(packet.TryGetUInt16(DhcpOption.ClientArchitecture, out ushort architecture));
        Assert.Equal(0, architecture);
        Assert.False(packet.HasOption(DhcpOption.ClientIdentifier));
    }

    [Fact]
    public void Joins_an_option_that_comes_in_parts()
    {
        byte[] octets = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").With(61, 1, 2).With(12, 65).With(61, 3, 4, 5).Build();
        Assert.True(DhcpPacket.TryParse(octets, out DhcpPacket packet, out _));
        Assert.True(packet.TryGetOption(61, new byte[16], out ReadOnlySpan<byte> value));
        Assert.Equal([1, 2, 3, 4, 5], value.ToArray());
        Assert.False(packet.TryGetOption(61, new byte[4], out _), "too little room counts as absent");
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 2 })]
    [InlineData(2, new byte[] { 3 })]
    [InlineData(3, new byte[] { 1, 2, 3 })]
    public void Reads_overloaded_file_and_sname_in_that_order(byte overload, byte[] expected)
    {
        byte[] octets = new ClientMessage(DhcpMessageType.Request, "02:00:00:00:00:01").With(52, overload).Build();
        new byte[] { 43, 2, 1, 2, 255 }.CopyTo(octets, 108);
        new byte[] { 43, 1, 3, 255 }.CopyTo(octets, 44);
        Assert.True(DhcpPacket.TryParse(octets, out DhcpPacket packet, out _));
        Assert.True(packet.TryGetOption(43, new byte[16], out ReadOnlySpan<byte> value));
        Assert.Equal(expected, value.ToArray());
    }

    [Fact]
    public void Takes_a_message_without_end_option()
    {
        byte[] octets = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").Build()[..^1];
        Assert.True(DhcpPacket.TryParse(octets, out _, out _));
    }

    public static TheoryData<string, DhcpDropReason> Bad => new()
    {
        { "cut", DhcpDropReason.TooShort },
        { "op", DhcpDropReason.WrongOp },
        { "hlen", DhcpDropReason.WrongHardware },
        { "htype", DhcpDropReason.WrongHardware },
        { "group", DhcpDropReason.WrongClientAddress },
        { "zero", DhcpDropReason.WrongClientAddress },
        { "cookie", DhcpDropReason.NoCookie },
        { "overrun", DhcpDropReason.BadOption },
        { "lonely code", DhcpDropReason.BadOption },
        { "overload 4", DhcpDropReason.BadOption },
        { "overrun in file", DhcpDropReason.BadOption },
        { "no type", DhcpDropReason.WrongMessageType },
        { "type 9", DhcpDropReason.WrongMessageType },
        { "type of two octets", DhcpDropReason.WrongMessageType },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Drops_bad_octets_with_their_reason(string what, DhcpDropReason expected)
    {
        byte[] octets = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").With(52, 1).With(12, 65, 66).Build();
        switch (what)
        {
            case "cut": octets = octets[..239]; break;
            case "op": octets[0] = 3; break;
            case "hlen": octets[2] = 16; break;
            case "htype": octets[1] = 6; break;
            case "group": octets[28] |= 1; break;
            case "zero": octets.AsSpan(28, 6).Clear(); break;
            case "cookie": octets[239] = 0; break;
            case "overrun": octets[247] = 9; break;
            case "lonely code": octets[^1] = 12; break;
            case "overload 4": octets[245] = 4; break;
            case "overrun in file": octets[108] = 12; octets[109] = 127; break;
            case "no type": octets[240] = octets[241] = octets[242] = 0; break;
            case "type 9": octets[242] = 9; break;
            case "type of two octets": octets[240] = 12; octets = [.. octets[..^1], 53, 2, 1, 1, 255]; break;
        }

        Assert.False(DhcpPacket.TryParse(octets, out _, out DhcpDropReason reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void Never_throws_whatever_the_octets()
    {
        var random = new Random(1);
        byte[] scratch = new byte[64];
        byte[] model = ClientMessage.Pi4Discover().With(52, 3).Build();
        int open = 0;
        for (int round = 0; round < 200_000; round++)
        {
            byte[] octets = (byte[])model.Clone();
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> cut = octets.AsSpan(0, random.Next(octets.Length + 1));
            if (DhcpPacket.TryParse(cut, out DhcpPacket packet, out _))
            {
                open++;
                for (int code = 1; code < 255; code += 7)
                {
                    packet.TryGetOption((byte)code, scratch, out _);
                }
            }
        }

        Assert.True(open > 1000);
    }

    [Fact]
    public void Splits_a_long_option_and_leaves_out_what_does_not_fit()
    {
        byte[] request = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").Build();
        Assert.True(DhcpPacket.TryParse(request, out DhcpPacket packet, out _));
        byte[] buffer = new byte[1500];
        var writer = new DhcpWriter(buffer, 548, packet, DhcpMessageType.Offer);
        byte[] value = [.. Enumerable.Range(0, 260).Select(i => (byte)i)];
        writer.Add(43, value);
        writer.Add(60, value);
        writer.AddAddress(54, Ipv4Address.Parse("10.0.0.1"));
        int length = writer.Finish(pad: true);
        Assert.Equal(1, writer.Omitted);
        Assert.True(length <= 548);
        Assert.True(DhcpPacket.TryParse(buffer.AsSpan(0, length), out DhcpPacket reply, out _));
        Assert.True(reply.TryGetOption(43, new byte[300], out ReadOnlySpan<byte> joined));
        Assert.Equal(value, joined.ToArray());
        Assert.False(reply.HasOption(60));
    }

    [Fact]
    public void Menu_is_the_three_space_form_of_35_octets()
    {
        Assert.Equal(
            "0601030A0400505845091700001452617370626572727920506920426F6F74202020FF",
            Convert.ToHexString(PxeMenu.RaspberryPiBoot));
        Assert.Equal(35, PxeMenu.RaspberryPiBoot.Length);
    }
}
