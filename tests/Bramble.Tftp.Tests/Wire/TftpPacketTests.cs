using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Wire;

public sealed class TftpPacketTests
{
    [Fact]
    public void Packets_have_the_bytes_of_the_RFCs()
    {
        byte[] buffer = new byte[TftpPacketWriter.MaxControlLength];
        Assert.Equal("00030102", Hex(buffer, TftpPacketWriter.WriteDataHeader(buffer, 0x0102)));
        Assert.Equal("0004FFFF", Hex(buffer, TftpPacketWriter.WriteAcknowledgment(buffer, 0xFFFF)));
        Assert.Equal("000500016E6F00", Hex(buffer, TftpPacketWriter.WriteError(buffer, TftpErrorCode.FileNotFound, "no")));
        TftpOptionSet options = TestClient.Options((TftpOptionKind.TransferSize, 1234), (TftpOptionKind.BlockSize, 1468));
        Assert.Equal("00067473697A65003132333400626C6B73697A65003134363800", Hex(buffer, TftpPacketWriter.WriteOptionAcknowledgment(buffer, options)));
    }

    [Fact]
    public void A_long_error_text_is_cut_and_cleaned()
    {
        byte[] buffer = new byte[TftpPacketWriter.MaxControlLength];
        int length = TftpPacketWriter.WriteError(buffer, TftpErrorCode.NotDefined, new string('x', 5000) + "\n");
        Assert.Equal(buffer.Length, length);
        Assert.Equal(0, buffer[^1]);
        length = TftpPacketWriter.WriteError(buffer, TftpErrorCode.NotDefined, "a\r\nbä");
        Assert.True(TftpPacketReader.TryReadError(buffer.AsSpan(0, length), out _, out ReadOnlySpan<byte> message));
        Assert.Equal("a??b?"u8, message);
    }

    [Fact]
    public void The_error_of_a_raspberry_pi_is_read()
    {
        byte[] packet = [0, 5, 0, 0, .. "Early terminate\0"u8];
        Assert.True(TftpPacketReader.TryReadError(packet, out ushort code, out ReadOnlySpan<byte> message));
        Assert.Equal(0, code);
        Assert.Equal("Early terminate"u8, message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0004")]
    [InlineData("000401")]
    [InlineData("00050001")]
    public void Short_or_other_packets_are_no_acknowledgment(string hex) =>
        Assert.False(TftpPacketReader.TryReadAcknowledgment(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("0000")]
    [InlineData("0007")]
    [InlineData("0100")]
    [InlineData("00")]
    public void Unknown_opcodes_are_not_read(string hex) => Assert.False(TftpPacketReader.TryReadOpcode(Convert.FromHexString(hex), out _));

    [Fact]
    public void Every_option_survives_a_round_trip()
    {
        TftpOptionSet options = TestClient.Options(
            (TftpOptionKind.WindowSize, 65535), (TftpOptionKind.MicroTimeout, 255_000_000), (TftpOptionKind.BlockSize, 65464), (TftpOptionKind.Timeout, 255), (TftpOptionKind.TransferSize, long.MaxValue));
        byte[] buffer = new byte[512];
        int length = TftpPacketWriter.WriteRequest(buffer, TftpOpcode.ReadRequest, "name", "octet", options);
        Assert.True(TftpRequest.TryRead(buffer.AsSpan(0, length), out TftpRequest request));
        Assert.Equal(options, request.Options);
    }

    private static string Hex(byte[] buffer, int length) => Convert.ToHexString(buffer, 0, length);
}
