using System.Net;
using System.Net.Sockets;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Serving;

public sealed class ServerBehaviourTests
{
    private static readonly TftpOptionSet s_pi5 = TestClient.Options((TftpOptionKind.TransferSize, 0), (TftpOptionKind.BlockSize, 1468));

    [Fact]
    public void Unknown_options_are_left_out_of_the_answer()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 1000);
        using var client = new TestClient(fixture.Endpoint);
        byte[] request = [0, 1, .. "f\0OCTET\0multicast\0\0TSize\0"u8, (byte)'0', 0, .. "rollover\0"u8, (byte)'0', 0, .. "BLKSIZE\0"u8, .. "1024\0"u8];
        client.SendTo(fixture.Endpoint, request);
        Assert.Equal("tsize 1000 blksize 1024", client.ReceiveOptions());
    }

    [Fact]
    public void A_request_with_unknown_options_only_is_answered_with_data()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 10);
        using var client = new TestClient(fixture.Endpoint);
        client.SendTo(fixture.Endpoint, [0, 1, .. "f\0octet\0multicast\0\0"u8]);
        Assert.True(TftpPacketReader.TryReadData(client.Receive(), out ushort block, out ReadOnlySpan<byte> data));
        Assert.Equal((1, 10), (block, data.Length));
    }

    [Theory]
    [InlineData("missing", TftpErrorCode.FileNotFound, TftpTransferOutcome.NotFound)]
    [InlineData("folder", TftpErrorCode.FileNotFound, TftpTransferOutcome.NotFound)]
    [InlineData("../secret", TftpErrorCode.AccessViolation, TftpTransferOutcome.Refused)]
    [InlineData("a\\b", TftpErrorCode.AccessViolation, TftpTransferOutcome.Refused)]
    [InlineData("out", TftpErrorCode.AccessViolation, TftpTransferOutcome.Refused)]
    [InlineData("", TftpErrorCode.AccessViolation, TftpTransferOutcome.Refused)]
    public void What_cannot_be_read_is_answered_with_its_error(string name, TftpErrorCode code, TftpTransferOutcome outcome)
    {
        using var fixture = new ServerFixture();
        Directory.CreateDirectory(Path.Combine(fixture.Files.Folder, "folder"));
        File.CreateSymbolicLink(Path.Combine(fixture.Files.Folder, "out"), "/etc/hostname");
        using var client = new TestClient(fixture.Endpoint);
        client.Request(name, s_pi5);
        Assert.Equal((ushort)code, client.ReceiveError().Code);
        Assert.Equal(outcome, fixture.Events.NextEnd().Outcome);
    }

    [Fact]
    public void Writes_and_mail_are_refused_in_plain_words()
    {
        using var fixture = new ServerFixture();
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5, TftpOpcode.WriteRequest);
        (ushort code, string message) = client.ReceiveError();
        Assert.Equal(2, code);
        Assert.Contains("read-only", message, StringComparison.Ordinal);
        client.Request("f", s_pi5, mode: "mail");
        Assert.Equal(4, client.ReceiveError().Code);
    }

    [Fact]
    public void A_view_that_fails_costs_only_its_own_request()
    {
        using var fixture = new ServerFixture(files: new FailingFiles());
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        Assert.Equal(0, client.ReceiveError().Code);
        client.Request("f", s_pi5);
        Assert.Equal(0, client.ReceiveError().Code);
    }

    [Fact]
    public void An_early_terminate_is_a_probe_and_the_file_is_served_to_the_next_port()
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("start4.elf", 5000);
        using var probe = new TestClient(fixture.Endpoint);
        probe.Request("start4.elf", s_pi5);
        Assert.Equal("tsize 5000 blksize 1468", probe.ReceiveOptions());
        probe.SendError(0, "Early terminate");
        Assert.Equal(TftpTransferOutcome.Probed, fixture.Events.NextEnd().Outcome);
        using var client = new TestClient(fixture.Endpoint);
        Assert.Equal(expected, client.Fetch("start4.elf", s_pi5));
        Assert.False(probe.HasPacketWithin(50));
    }

    [Fact]
    public void One_client_may_run_several_transfers()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("a", 3000);
        byte[] expected = fixture.Files.Write("b", 3000);
        using var first = new TestClient(fixture.Endpoint);
        using var second = new TestClient(fixture.Endpoint);
        first.Request("a", s_pi5);
        first.ReceiveOptions();
        Assert.Equal(expected, second.Fetch("b", s_pi5));
        first.Acknowledge(0);
        Assert.True(TftpPacketReader.TryReadData(first.Receive(), out ushort block, out _));
        Assert.Equal(1, block);
    }

    [Fact]
    public void A_boot_rom_may_ask_for_one_file_after_the_other_from_the_same_port()
    {
        using var fixture = new ServerFixture();
        byte[] bootcode = fixture.Files.Write("bootcode.bin", 52_480);
        using var client = new TestClient(fixture.Endpoint);
        Assert.Equal(bootcode, client.Fetch("bootcode.bin", new TftpOptionSet()));
        client.Request("bootsig.bin", new TftpOptionSet());
        Assert.Equal(1, client.ReceiveError().Code);
        Assert.Equal(bootcode, client.Fetch("bootcode.bin", new TftpOptionSet()));
    }

    [Fact]
    public void A_request_that_is_repeated_at_once_gets_one_answer()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 3000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        client.Request("f", s_pi5);
        client.ReceiveOptions();
        Assert.False(client.HasPacketWithin(200));
        Assert.Equal(1, fixture.Server.Counters[TftpDropReason.RepeatedRequest]);
        Assert.Equal(1, fixture.Server.Counters[TftpCounter.Started]);
    }

    [Fact]
    public void Another_request_from_the_port_of_a_running_transfer_takes_its_place()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("a", 3000);
        byte[] expected = fixture.Files.Write("b", 2000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("a", s_pi5);
        client.ReceiveOptions();
        Assert.Equal(expected, client.Fetch("b", s_pi5));
        Assert.Equal(TftpTransferOutcome.Aborted, fixture.Events.NextEnd().Outcome);
        Assert.Equal(TftpTransferOutcome.Completed, fixture.Events.NextEnd().Outcome);
    }

    [Fact]
    public void A_stranger_gets_error_5_and_the_transfer_goes_on()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 3000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        client.ReceiveOptions();
        using var stranger = new TestClient(fixture.Endpoint);
        stranger.SendTo(client.Peer!, [0, 4, 0, 0]);
        Assert.Equal(5, stranger.ReceiveError().Code);
        stranger.SendTo(client.Peer!, [0, 5, 0, 0, 0]);
        Assert.False(stranger.HasPacketWithin(50));
        client.Acknowledge(0);
        Assert.True(TftpPacketReader.TryReadData(client.Receive(), out _, out _));
    }

    [Fact]
    public void Errors_to_strangers_are_few()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 10);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        client.ReceiveOptions();
        using var stranger = new TestClient(fixture.Endpoint);
        for (int i = 0; i < 500; i++)
        {
            stranger.SendTo(client.Peer!, [0, 4, 0, 0]);
        }

        SpinWait.SpinUntil(() => fixture.Server.Counters[TftpDropReason.UnknownTransfer] == 500, TimeSpan.FromSeconds(10));
        Assert.Equal(500, fixture.Server.Counters[TftpDropReason.UnknownTransfer]);
        Assert.InRange(fixture.Server.Counters[TftpCounter.ErrorsSent], 20, 100);
    }

    [Fact]
    public void A_late_acknowledgment_after_the_end_is_not_answered()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("f", 10);
        using var client = new TestClient(fixture.Endpoint);
        client.Fetch("f", new TftpOptionSet());
        client.Acknowledge(1);
        Assert.False(client.HasPacketWithin(100));
        Assert.Equal(1, fixture.Server.Counters[TftpDropReason.AfterEnd]);
    }

    [Fact]
    public void Strangers_subnets_are_not_answered()
    {
        using var fixture = new ServerFixture(o => o with { ServedSubnets = [Ipv4Subnet.Of(Ipv4Address.Parse("127.0.1.0"), 24)] });
        fixture.Files.Write("f", 10);
        using var stranger = new TestClient(fixture.Endpoint);
        stranger.Request("f", s_pi5);
        using var client = new TestClient(fixture.Endpoint, new IPEndPoint(IPAddress.Parse("127.0.1.7"), 0));
        client.Fetch("f", new TftpOptionSet());
        Assert.False(stranger.HasPacketWithin(50));
        Assert.Equal(1, fixture.Server.Counters[TftpDropReason.NotServed]);
    }

    [Fact]
    public void The_answer_comes_from_the_address_that_was_asked()
    {
        using var fixture = new ServerFixture(o => o with { Endpoints = [new TftpEndpoint(Ipv4Address.Any)] });
        fixture.Files.Write("f", 10);
        foreach (string address in new[] { "127.0.0.1", "127.0.0.5", "127.3.2.1" })
        {
            using var client = new TestClient(new IPEndPoint(IPAddress.Parse(address), fixture.Port));
            client.Fetch("f", s_pi5);
            Assert.Equal(address, ((IPEndPoint)client.Peer!).Address.ToString());
        }
    }

    [Fact]
    public void Rubbish_on_both_ports_is_counted_and_survived()
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("f", 3000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        client.ReceiveOptions();
        var random = new Random(5);
        byte[] packet = new byte[3000];
        using var rubbish = new TestClient(fixture.Endpoint);
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(packet);
            packet[0] = 0;
            packet[1] = (byte)random.Next(0, 8);
            int length = random.Next(8) == 0 ? random.Next(3000) : random.Next(60);
            rubbish.SendTo(i % 2 == 0 ? fixture.Endpoint : client.Peer!, packet.AsSpan(0, length));
            if (i % 50 == 0)
            {
                Thread.Yield();
            }
        }

        using var after = new TestClient(fixture.Endpoint);
        Assert.Equal(expected, after.Fetch("f", s_pi5));
        TftpCounters counters = fixture.Server.Counters;
        Assert.True(counters[TftpDropReason.Malformed] > 0);
        Assert.True(counters[TftpDropReason.WrongOpcode] > 0);
        Assert.True(counters[TftpDropReason.TooLong] > 0);
    }

    [Fact]
    public void A_port_that_is_taken_is_named_with_its_holder()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        UdpBindException e = Assert.Throws<UdpBindException>(() => new ServerFixture(o => o with { Port = (ushort)port }));
        Assert.Equal(UdpBindFailure.InUse, e.Failure);
        Assert.Contains($"127.0.0.1:{port}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_nobody_and_an_unknown_interface_are_named()
    {
        UdpBindException address = Assert.Throws<UdpBindException>(() => new ServerFixture(o => o with { Endpoints = [new TftpEndpoint(Ipv4Address.Parse("192.0.2.1"))] }));
        Assert.Equal(UdpBindFailure.NoSuchAddress, address.Failure);
        UdpBindException device = Assert.Throws<UdpBindException>(() => new ServerFixture(o => o with { Endpoints = [new TftpEndpoint(Ipv4Address.Any, "nowhere7")] }));
        Assert.Equal(UdpBindFailure.NoSuchInterface, device.Failure);
        Assert.Contains("nowhere7", device.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_settings_apply_without_harm_to_running_transfers()
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("f", 3000);
        using var running = new TestClient(fixture.Endpoint);
        running.Request("f", s_pi5);
        running.ReceiveOptions();
        var second = new TftpEndpoint(Ipv4Address.Parse("127.0.0.9"));
        fixture.Server.Reconfigure(fixture.Options with { Endpoints = [.. fixture.Options.Endpoints, second], MaxBlockSize = 1024 });
        running.Acknowledge(0);
        Assert.True(TftpPacketReader.TryReadData(running.Receive(), out _, out ReadOnlySpan<byte> data));
        Assert.Equal(1468, data.Length);

        UdpEndpoint added = fixture.Server.LocalEndpoints[1];
        using var client = new TestClient(new IPEndPoint(added.Address.ToIPAddress(), added.Port));
        client.Request("f", s_pi5);
        Assert.Equal("tsize 3000 blksize 1024", client.ReceiveOptions());
        Assert.Throws<UdpBindException>(() => fixture.Server.Reconfigure(fixture.Options with { Endpoints = [new TftpEndpoint(Ipv4Address.Parse("192.0.2.1"))] }));
        using var plain = new TestClient(fixture.Endpoint);
        Assert.Equal(expected, plain.Fetch("f", new TftpOptionSet()));
    }

    [Fact]
    public void A_stop_ends_running_transfers()
    {
        var fixture = new ServerFixture();
        fixture.Files.Write("f", 3000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("f", s_pi5);
        client.ReceiveOptions();
        fixture.Dispose();
        Assert.Equal(TftpTransferOutcome.Aborted, fixture.Events.NextEnd().Outcome);
        Assert.Throws<ObjectDisposedException>(fixture.Server.Start);
    }

    [Fact]
    public void A_file_that_is_lost_in_the_middle_ends_its_transfer_with_an_error()
    {
        using var fixture = new ServerFixture();
        fixture.Files.Write("big", 1_000_000);
        using var client = new TestClient(fixture.Endpoint);
        client.Request("big", new TftpOptionSet());
        client.Receive();
        using (FileStream file = File.OpenWrite(Path.Combine(fixture.Files.Folder, "big")))
        {
            file.SetLength(70_000);
        }

        for (int block = 1; ; block++)
        {
            client.Acknowledge(block);
            ReadOnlySpan<byte> packet = client.Receive();
            if (TftpPacketReader.TryReadError(packet, out _, out ReadOnlySpan<byte> message))
            {
                Assert.Equal("The file changed while it was being read"u8, message);
                break;
            }

            Assert.True(block < 200, "bytes of another version were served");
        }

        Assert.Equal(TftpTransferOutcome.Aborted, fixture.Events.NextEnd().Outcome);
    }

    private sealed class FailingFiles : ITftpFiles
    {
        public TftpOpenResult Open(Ipv4Address client, string path) => throw new InvalidOperationException("broken view");
    }
}
