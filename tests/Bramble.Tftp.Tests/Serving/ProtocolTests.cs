using System.Text;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Serving;

/// <summary>What RFC 1350, 2347, 2348, 2349 and 7440 say, packet by packet over a socket.</summary>
public sealed class ProtocolTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(9, 1)]
    [InlineData(8, 4)]
    [InlineData(512, 1)]
    public void Netascii_is_right_across_block_edges_and_its_size_is_that_of_what_is_sent(int blockSize, int windowSize)
    {
        using var fixture = new ServerFixture();
        byte[] text = MuchLineEnd(700);
        File.WriteAllBytes(Path.Combine(fixture.Files.Folder, "text"), text);
        using var client = new TestClient(fixture.Endpoint);

        byte[] sent = client.Fetch(
            "text", TestClient.Options((TftpOptionKind.BlockSize, blockSize), (TftpOptionKind.TransferSize, 0), (TftpOptionKind.WindowSize, windowSize)), "netascii");

        Assert.Equal(text, FromNetascii(sent));
        Assert.Equal($"blksize {blockSize} tsize {sent.Length} windowsize {windowSize}", client.Agreed);
    }

    [Fact]
    public void A_file_too_large_for_netascii_is_refused_in_words_and_served_as_octets()
    {
        using var fixture = new ServerFixture(o => o with { MaxNetasciiBytes = 1000 });
        byte[] expected = fixture.Files.Write("file", 1001);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("file", new TftpOptionSet(), mode: "netascii");
        Assert.Contains("octet", client.ReceiveError().Message, StringComparison.Ordinal);
        Assert.Equal(expected, client.Fetch("file", new TftpOptionSet()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Block_numbers_go_on_with_1_after_65535_where_that_is_set(int windowSize)
    {
        using var fixture = new ServerFixture(o => o with { Rollover = BlockRollover.ToOne });
        byte[] expected = fixture.Files.Write("big", (8 * 70_000) + 3);
        using var client = new TestClient(fixture.Endpoint);
        TftpOptionSet options = TestClient.Options((TftpOptionKind.BlockSize, 8), (TftpOptionKind.WindowSize, windowSize));
        Assert.Equal(expected, client.Fetch("big", options, rollover: BlockRollover.ToOne));
    }

    [Fact]
    public void Every_option_at_once_in_any_order_case_and_number_is_answered_in_that_order()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 1000);
        using var client = new TestClient(fixture.Endpoint);
        client.SendTo(fixture.Endpoint, Request("f", "WINDOWsize", "65535", "x", "y", "UTimeout", "500000", "bLKsIZE", "4096", "blksize", "8", "rollover", "0", "TIMEOUT", "7", "tsize", "0"));
        Assert.Equal("windowsize 64 utimeout 500000 blksize 4096 timeout 7 tsize 1000", client.ReceiveOptions());
    }

    [Fact]
    public void Until_the_first_acknowledgment_one_packet_answers_one_packet_however_long_the_window()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 100_000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", TestClient.Options((TftpOptionKind.WindowSize, 64)));
        Assert.Equal("windowsize 64", client.ReceiveOptions());
        Assert.False(client.HasPacketWithin(100));
        client.Acknowledge(0);
        for (int block = 1; block <= 64; block++)
        {
            Assert.True(TftpPacketReader.TryReadData(client.Receive(), out ushort number, out _));
            Assert.Equal(block, number);
        }
    }

    [Fact]
    public void An_error_of_the_client_ends_the_transfer_without_a_word()
    {
        using var fixture = new ServerFixture(o => o with { Timeout = TimeSpan.FromMilliseconds(30) });
        fixture.Files.Write("f", 5000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", new TftpOptionSet());
        client.Receive();
        client.Acknowledge(1);
        client.Receive();
        client.SendError(3, "Disk full");
        Assert.Equal(TftpTransferOutcome.Aborted, fixture.Events.NextEnd().Outcome);
        Assert.False(client.HasPacketWithin(150));
        Assert.Equal(0, fixture.Server.Counters[TftpCounter.ErrorsSent]);
    }

    [Fact]
    public void A_client_that_goes_on_to_the_next_file_without_its_last_acknowledgment_is_told_apart_from_a_broken_transfer()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("first", 700);
        byte[] expected = fixture.Files.Write("second", 700);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("first", new TftpOptionSet());
        client.Receive();
        client.Acknowledge(1);
        client.Receive();

        Assert.Equal(expected, client.Fetch("second", new TftpOptionSet()));

        Assert.Equal(TftpTransferOutcome.Unconfirmed, fixture.Events.NextEnd().Outcome);
        Assert.Equal(TftpTransferOutcome.Completed, fixture.Events.NextEnd().Outcome);
        Assert.Equal(1, fixture.Server.Counters[TftpCounter.Unconfirmed]);
    }

    /// <summary>Text in which every second byte is a line end or a carriage return, so that pairs lie across every block edge.</summary>
    private static byte[] MuchLineEnd(int length)
    {
        var random = new Random(11);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++)
        {
            text[i] = random.Next(4) switch { 0 => (byte)'\n', 1 => (byte)'\r', _ => (byte)random.Next('a', 'z') };
        }

        return text;
    }

    private static byte[] FromNetascii(byte[] sent)
    {
        var text = new List<byte>();
        for (int i = 0; i < sent.Length; i++)
        {
            if (sent[i] != '\r')
            {
                Assert.NotEqual((byte)'\n', sent[i]);
                text.Add(sent[i]);
                continue;
            }

            i++;
            Assert.True(sent[i] is (byte)'\n' or 0, "after CR comes LF or NUL");
            text.Add(sent[i] == '\n' ? (byte)'\n' : (byte)'\r');
        }

        return [.. text];
    }

    private static byte[] Request(string name, params string[] options) =>
        [0, 1, .. Encoding.ASCII.GetBytes(string.Join('\0', [name, "octet", .. options]) + "\0")];
}
