using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Tests;

public sealed class WireTests
{
    private static readonly MacAddress s_a = new(0x0200_0000_0001);
    private static readonly MacAddress s_b = new(0x0200_0000_0002);
    private static readonly Ipv4Address s_ip = Ipv4Address.Parse("10.0.0.1");

    private static readonly TftpRules s_rules = new(
        "test", SendsSize: true, 1468, NeedsOptionAck: false, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30),
        EndsAtBlock65535: false, AcksRepeatedData: true, DuplicateOackSpoils: false);

    private static readonly KeyValuePair<string, string>[] s_asked = [new("tsize", "0"), new("blksize", "1468")];

    [Fact]
    public void A_datagram_comes_back_as_it_was_sent()
    {
        byte[] frame = Frames.Udp(s_a, s_b, s_ip, 1000, Ipv4Address.Broadcast, 69, 7, checksum: true, "odd"u8);
        Assert.Equal(60, frame.Length);
        Assert.True(UdpView.TryRead(frame, checksumReady: true, out UdpView view));
        Assert.Equal("odd"u8, view.Payload);
        Assert.Equal((1000, 69, s_ip, s_a), (view.SourcePort, view.DestinationPort, view.Source, view.SourceMac));
    }

    [Fact]
    public void Every_single_wrong_octet_of_a_datagram_is_noticed()
    {
        byte[] frame = Frames.Udp(s_a, s_b, s_ip, 1000, s_ip, 69, 7, checksum: true, new byte[40]);
        for (int i = 12; i < frame.Length; i++)
        {
            byte[] bad = [.. frame];
            bad[i] ^= 0x10;
            Assert.False(UdpView.TryRead(bad, checksumReady: true, out _), $"octet {i}");
        }
    }

    [Fact]
    public void A_checksum_that_was_left_to_hardware_is_not_judged()
    {
        byte[] frame = Frames.Udp(s_a, s_b, s_ip, 1000, s_ip, 69, 7, checksum: true, new byte[40]);
        frame[41] ^= 1;
        Assert.False(UdpView.TryRead(frame, checksumReady: true, out _));
        Assert.True(UdpView.TryRead(frame, checksumReady: false, out _));
    }

    [Fact]
    public void Cut_and_random_frames_and_messages_are_refused_without_an_exception()
    {
        var random = new Random(5);
        byte[] frame = Frames.Udp(s_a, s_b, s_ip, 67, s_ip, 68, 7, checksum: true, new byte[300]);
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(UdpView.TryRead(frame.AsSpan(0, length), checksumReady: true, out _));
        }

        for (int i = 0; i < 20000; i++)
        {
            byte[] junk = new byte[random.Next(0, 400)];
            random.NextBytes(junk);
            if (junk.Length > 241 && i % 2 == 0)
            {
                new byte[] { 2, 1, 6 }.CopyTo(junk, 0);
                new byte[] { 0x63, 0x82, 0x53, 0x63 }.CopyTo(junk, 236);
            }

            _ = UdpView.TryRead(junk, checksumReady: false, out _);
            _ = DhcpReply.TryParse(junk, out _);
            _ = PxeMenu.HasEntry(junk, wholeMenu: true);
            _ = OverlayMap.Parse(junk).Resolve("x", "bcm2711");
            if (junk.Length >= 2)
            {
                _ = TftpPackets.TryReadOptions(junk, []);
            }

            _ = new TftpTransfer("x", false, s_rules, s_asked, default).Accept(junk, default);
        }
    }

    [Fact]
    public void A_reply_without_end_or_with_an_option_beyond_its_end_is_refused()
    {
        byte[] reply = new byte[244];
        new byte[] { 2, 1, 6 }.CopyTo(reply, 0);
        new byte[] { 0x63, 0x82, 0x53, 0x63, 53, 1, 2, 255 }.CopyTo(reply, 236);
        Assert.True(DhcpReply.TryParse(reply, out DhcpReply parsed));
        Assert.Equal(DhcpMessageType.Offer, parsed.MessageType);
        reply[243] = 0;
        Assert.False(DhcpReply.TryParse(reply, out _));
        reply[241] = 9;
        Assert.False(DhcpReply.TryParse(reply, out _));
    }

    [Theory]
    [InlineData("blksize\01469\0tsize\05\0", "bad-oack")]
    [InlineData("blksize\07\0tsize\05\0", "bad-oack")]
    [InlineData("blksize\0x\0tsize\05\0", "bad-oack")]
    [InlineData("tsize\05\0windowsize\04\0", "bad-oack")]
    [InlineData("tsize\05\0tsize\05\0", "bad-oack")]
    [InlineData("tsize\05", "bad-oack")]
    [InlineData("tsize\099999999999\0", "bad-oack")]
    [InlineData("blksize\01024\0", "no-tsize")]
    public void A_wrong_oack_is_refused_with_error_8(string options, string code)
    {
        byte[] packet = [0, 6, .. System.Text.Encoding.ASCII.GetBytes(options)];
        TftpStep step = new TftpTransfer("x", false, s_rules, s_asked, default).Accept(packet, default);
        Assert.Equal(code, step.Fault?.Code);
        Assert.Equal([0, 5, 0, 8], step.Reply!.AsSpan(0, 4).ToArray());
    }

    [Fact]
    public void An_oack_to_a_request_without_options_is_refused()
    {
        TftpStep step = new TftpTransfer("x", false, s_rules with { SendsSize = false }, [], default).Accept([0, 6, .. "tsize\05\0"u8], default);
        Assert.Equal("unasked-oack", step.Fault?.Code);
    }

    [Fact]
    public void A_block_longer_than_agreed_is_refused_and_a_repeated_one_acknowledged_again()
    {
        var transfer = new TftpTransfer("x", false, s_rules, s_asked, default);
        Assert.Equal([0, 4, 0, 0], transfer.Accept([0, 6, .. "tsize\01029\0blksize\01024\0"u8], default).Reply);
        Assert.Equal([0, 4, 0, 1], transfer.Accept([0, 3, 0, 1, .. new byte[1024]], default).Reply);
        Assert.Equal([0, 4, 0, 1], transfer.Accept([0, 3, 0, 1, .. new byte[1024]], default).Reply);
        Assert.Null(transfer.Accept([0, 3, 0, 7, .. new byte[1024]], default).Reply);
        Assert.Equal("long-block", transfer.Accept([0, 3, 0, 2, .. new byte[1025]], default).Fault?.Code);
    }

    [Fact]
    public void An_old_eeprom_leaves_a_repeated_block_unanswered()
    {
        var transfer = new TftpTransfer("x", false, s_rules with { AcksRepeatedData = false }, s_asked, default);
        transfer.Accept([0, 6, .. "tsize\01029\0blksize\01024\0"u8], default);
        transfer.Accept([0, 3, 0, 1, .. new byte[1024]], default);
        Assert.Null(transfer.Accept([0, 3, 0, 1, .. new byte[1024]], default).Reply);
    }

    [Fact]
    public void A_file_of_whole_blocks_ends_with_an_empty_one()
    {
        var transfer = new TftpTransfer("x", false, s_rules, s_asked, default);
        transfer.Accept([0, 6, .. "tsize\01024\0blksize\01024\0"u8], default);
        Assert.Null(transfer.Accept([0, 3, 0, 1, .. new byte[1024]], default).Result);
        Assert.Equal(1024, transfer.Accept([0, 3, 0, 2], default).Result?.Content.Length);
    }
}
