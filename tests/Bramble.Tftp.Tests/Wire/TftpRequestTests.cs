using System.Text;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Wire;

public sealed class TftpRequestTests
{
    [Fact]
    public void A_raspberry_pi_request_is_read()
    {
        Assert.True(TftpRequest.TryRead(Bytes(1, "7bf18f79//config.txt", "octet", "tsize", "0", "blksize", "1468"), out TftpRequest request));
        Assert.Equal(TftpOpcode.ReadRequest, request.Opcode);
        Assert.Equal("7bf18f79//config.txt"u8, request.FileName);
        Assert.Equal(TftpMode.Octet, request.Mode);
        Assert.Equal(2, request.Options.Count);
        Assert.Equal(TftpOptionKind.TransferSize, request.Options.KindAt(0));
        Assert.Equal(TftpOptionKind.BlockSize, request.Options.KindAt(1));
        Assert.Equal(1468, request.Options.BlockSize);
    }

    [Theory]
    [InlineData("OCTET", TftpMode.Octet)]
    [InlineData("NetAscii", TftpMode.Netascii)]
    [InlineData("mail", TftpMode.Mail)]
    [InlineData("binary", TftpMode.Unknown)]
    [InlineData("", TftpMode.Unknown)]
    public void Modes_are_read_in_any_case(string text, TftpMode mode)
    {
        Assert.True(TftpRequest.TryRead(Bytes(1, "f", text), out TftpRequest request));
        Assert.Equal(mode, request.Mode);
    }

    [Fact]
    public void Options_are_read_in_any_order_case_and_number()
    {
        byte[] packet = Bytes(1, "f", "octet", "WindowSize", "16", "unknown", "x", "UTIMEOUT", "500000", "timeout", "3", "TSIZE", "0", "multicast", "", "blkSize", "8");
        Assert.True(TftpRequest.TryRead(packet, out TftpRequest request));
        TftpOptionSet options = request.Options;
        Assert.Equal(5, options.Count);
        Assert.Equal((16, 500_000, 3, 0L, 8), (options.WindowSize, options.TimeoutMicroseconds, options.TimeoutSeconds, options.TransferSize, options.BlockSize));
    }

    [Theory]
    [InlineData("blksize", "7")]
    [InlineData("blksize", "65465")]
    [InlineData("blksize", "-1")]
    [InlineData("blksize", "+512")]
    [InlineData("blksize", "")]
    [InlineData("blksize", "12a")]
    [InlineData("blksize", " 512")]
    [InlineData("blksize", "99999999999999999999999999")]
    [InlineData("timeout", "0")]
    [InlineData("timeout", "256")]
    [InlineData("utimeout", "9999")]
    [InlineData("windowsize", "0")]
    [InlineData("windowsize", "65536")]
    [InlineData("tsize", "-5")]
    [InlineData("tsize", "x")]
    public void Values_out_of_range_are_left_out(string option, string value)
    {
        Assert.True(TftpRequest.TryRead(Bytes(1, "f", "octet", option, value), out TftpRequest request));
        Assert.Equal(0, request.Options.Count);
    }

    [Fact]
    public void The_first_of_two_equal_options_counts()
    {
        Assert.True(TftpRequest.TryRead(Bytes(1, "f", "octet", "blksize", "1024", "BLKSIZE", "1468"), out TftpRequest request));
        Assert.Equal(1, request.Options.Count);
        Assert.Equal(1024, request.Options.BlockSize);
    }

    [Fact]
    public void Options_that_break_off_are_passed_over()
    {
        byte[] whole = Bytes(1, "f", "octet", "tsize", "0", "blksize", "1468");
        Assert.True(TftpRequest.TryRead(whole.AsSpan(0, whole.Length - 1), out TftpRequest request));
        Assert.Equal(1, request.Options.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0001")]
    [InlineData("000161")]
    [InlineData("00016100")]
    [InlineData("000161006f63746574")]
    [InlineData("000361006f6374657400")]
    [InlineData("000461006f6374657400")]
    [InlineData("010061006f6374657400")]
    public void Packets_that_are_no_request_are_not_read(string hex)
    {
        Assert.False(TftpRequest.TryRead(Convert.FromHexString(hex), out _));
    }

    [Fact]
    public void Any_bytes_are_taken_without_an_exception()
    {
        var random = new Random(7);
        byte[] packet = new byte[64];
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(packet);
            packet[0] = 0;
            packet[1] = (byte)random.Next(0, 8);
            for (int n = 0; n < random.Next(12); n++)
            {
                packet[random.Next(2, 64)] = 0;
            }

            ReadOnlySpan<byte> cut = packet.AsSpan(0, random.Next(65));
            if (TftpRequest.TryRead(cut, out TftpRequest request))
            {
                TftpPath.TryFold(request.FileName, out _);
            }

            TftpPacketReader.TryReadAcknowledgment(cut, out _);
            TftpPacketReader.TryReadError(cut, out _, out _);
            TftpPacketReader.TryReadData(cut, out _, out _);
        }
    }

    private static byte[] Bytes(byte opcode, params string[] strings) => [0, opcode, .. strings.SelectMany(s => Encoding.ASCII.GetBytes(s + "\0"))];
}
