using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Tests.Support;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Faults;

public partial class FaultJudgeTests
{
    private static readonly BoardIdentity s_pi5 = TestFleet.Board("2c:cf:67:00:00:05", PiFamily.Pi5, "7bf18f79", 0xd04170, PiModel.Pi5);

    [Fact]
    public void A_healthy_boot_of_every_model_has_no_fault_at_any_step()
    {
        foreach ((BoardIdentity board, string script) in new[] { (TestFleet.Pi3, Transcripts.Pi3BPlus), (TestFleet.Pi4, Transcripts.Pi4B), (s_pi5, Transcripts.Pi5) })
        {
            var boot = new BootScript(board) { KernelNames = ["RPI_EFI.fd"] };
            foreach (string line in script.Split('\n'))
            {
                Assert.Null(Judge(board, boot.Play(line)));
            }

            Assert.Null(Judge(board, boot.Wait(60)));
            Assert.Null(Judge(board, boot.Root().Wait(200)));
            Assert.Null(Judge(board, boot.Up("a").Wait(100_000)));
        }
    }

    [Fact]
    public void A_pi_that_takes_no_offer()
    {
        Fault fault = Expect(FaultCode.NoRequest, TestFleet.Pi4, Offered(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Wait(30));
        Assert.Contains("2 DHCPDISCOVERs and 2 offers", fault.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pi_3_that_asks_for_no_file() => Expect(FaultCode.NoRequest, TestFleet.Pi3, Offered(TestFleet.Pi3).Wait(30));

    [Fact]
    public void A_second_dhcp_server()
    {
        Fault fault = Expect(FaultCode.OtherServer, TestFleet.Pi4, Offered(TestFleet.Pi4).Dhcp(DhcpEventKind.OtherServer, server: "10.77.0.1").Wait(30));
        Assert.Contains("10.77.0.1", fault.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_servers_that_work_together_are_no_fault() => Assert.Null(Judge(TestFleet.Pi4, new BootScript(TestFleet.Pi4)
        .Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.ProxyOffer).Dhcp(DhcpEventKind.OtherServer, server: "10.77.0.1").File("91cdf03d/start4.elf", TftpTransferOutcome.Completed)));

    [Fact]
    public void An_address_and_no_tftp() => Expect(FaultCode.NoTftp, TestFleet.Pi4, Offered(TestFleet.Pi4).Dhcp(DhcpEventKind.Ack).Wait(16));

    [Fact]
    public void No_answer_at_all() => Expect(FaultCode.NoOffer, TestFleet.Pi4, new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Wait(30));

    [Fact]
    public void No_answer_while_the_root_is_made_is_no_fault() =>
        Assert.Null(FaultJudge.Judge(Context(TestFleet.Pi4, new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Wait(30)) with { Preparing = true }));

    [Fact]
    public void A_missing_first_file()
    {
        Fault fault = Expect(
            FaultCode.FileMissing, TestFleet.Pi4,
            Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).File("91cdf03d/start.elf", TftpTransferOutcome.NotFound)
                .File("start4.elf", TftpTransferOutcome.NotFound).Wait(15));
        Assert.Contains("start4.elf", fault.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_that_is_asked_for_again_and_again()
    {
        BootScript script = Bound(TestFleet.Pi4);
        for (int i = 0; i < 2; i++)
        {
            script.File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).File("start4.elf", TftpTransferOutcome.NotFound);
        }

        Expect(FaultCode.FileMissing, TestFleet.Pi4, script);
    }

    [Fact]
    public void A_missing_device_tree_and_kernel()
    {
        Fault fault = Expect(
            FaultCode.FileMissing, s_pi5,
            Bound(s_pi5).File("7bf18f79/config.txt", TftpTransferOutcome.Completed).File("7bf18f79/bcm2712-rpi-5-b.dtb", TftpTransferOutcome.NotFound)
                .File("7bf18f79/kernel_2712.img", TftpTransferOutcome.NotFound).File("7bf18f79/kernel8.img", TftpTransferOutcome.NotFound).Wait(15));
        Assert.Contains("bcm2712-rpi-5-b.dtb, kernel_2712.img", fault.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_stands_over_the_next_try_and_is_over_when_that_comes_further()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).Wait(5).Dhcp(DhcpEventKind.Discover);
        Expect(FaultCode.FileMissing, TestFleet.Pi4, script);
        script.Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Ack).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed);
        Expect(FaultCode.FileMissing, TestFleet.Pi4, script);
        script.File("91cdf03d/kernel8.img", TftpTransferOutcome.Completed);
        Assert.Null(Judge(TestFleet.Pi4, script));
    }

    [Fact]
    public void A_file_that_may_not_be_read() => Expect(
        FaultCode.FileRefused, TestFleet.Pi4,
        Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed).File("91cdf03d/initramfs8", TftpTransferOutcome.Refused).Wait(50));

    [Fact]
    public void A_transfer_that_broke_off()
    {
        Fault fault = Expect(
            FaultCode.TransferBroken, TestFleet.Pi4,
            Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.TimedOut, 2_000_000, 500_000, retransmits: 5).Wait(50));
        Assert.Contains("start4.elf stopped at 500000 of 2000000 bytes", fault.Seen, StringComparison.Ordinal);
        Assert.Contains("5 packets", fault.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1468)]
    public void A_file_too_large_for_the_block_counter(int blockSize) => Expect(
        FaultCode.FileTooLarge, TestFleet.Pi4,
        Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.TimedOut, 200_000_000, 65535L * blockSize, blockSize).Wait(50));

    [Theory]
    [InlineData(1024, 67_107_840, "older than 2022-10-03")]
    [InlineData(1468, 96_205_380, "older than 2025-09-23")]
    public void A_file_too_large_for_the_block_counter_is_told_when_it_is_asked_for_and_not_when_the_board_hangs(int blockSize, long largest, string age)
    {
        Fault fault = Expect(
            FaultCode.FileTooLarge, TestFleet.Pi4,
            Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.Started, largest + 1, blockSize: blockSize));
        Assert.Contains($"initramfs8 has {largest + 1} bytes", fault.Seen, StringComparison.Ordinal);
        Assert.Contains($": {largest} bytes", fault.Seen, StringComparison.Ordinal);
        Assert.Contains(age, fault.Seen, StringComparison.Ordinal);
        Assert.Contains("EEPROM", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_file_that_a_block_counter_can_count_is_no_fault() =>
        Assert.Null(Judge(TestFleet.Pi4, Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.Started, 65535L * 1468)));

    [Fact]
    public void A_large_file_is_no_fault_for_a_board_that_was_seen_to_count_on()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.Completed, 200_000_000).File("91cdf03d/kernel8.img", TftpTransferOutcome.Completed)
            .Wait(600).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Ack).File("91cdf03d/initramfs8", TftpTransferOutcome.Started, 200_000_000);
        Assert.Null(Judge(TestFleet.Pi4, script));
    }

    [Fact]
    public void A_large_file_for_other_block_sizes_is_no_fault_before_it_stops() =>
        Assert.Null(Judge(TestFleet.Pi3, Bound(TestFleet.Pi3).File("initramfs8", TftpTransferOutcome.Started, 200_000_000, blockSize: 512)));

    [Fact]
    public void A_missing_kernel_that_config_txt_names()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed).File("91cdf03d/vmlinuz", TftpTransferOutcome.NotFound).Wait(15);
        Fault? fault = FaultJudge.Judge(Context(TestFleet.Pi4, script) with { Kernels = ["vmlinuz"] });
        Assert.Equal(FaultCode.FileMissing, fault?.Code);
        Assert.Contains("vmlinuz", fault!.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recovery.elf")]
    [InlineData("dt-blob.bin")]
    [InlineData("bootcfg.txt")]
    [InlineData("armstub8.bin")]
    [InlineData("recovery8.img")]
    [InlineData("pieeprom.sig")]
    [InlineData("boot.img")]
    [InlineData("overlays/hat_map.dtb")]
    [InlineData("initramfs8")]
    public void A_miss_that_is_normal_is_no_fault(string name)
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed);
        for (int i = 0; i < 4; i++)
        {
            script.File("91cdf03d/" + name, TftpTransferOutcome.NotFound);
        }

        Assert.Null(Judge(TestFleet.Pi4, script.Wait(20)));
    }

    [Fact]
    public void Files_whose_last_acknowledgment_never_came_are_no_fault_and_a_kernel_of_them_is_loaded()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Unconfirmed).File("91cdf03d/kernel8.img", TftpTransferOutcome.Unconfirmed);
        Assert.Equal(Bramble.Fleet.Timeline.BootStage.Kernel, script.Current.Stage);
        Assert.Null(Judge(TestFleet.Pi4, script.Wait(60)));
    }

    [Fact]
    public void A_large_file_that_was_sent_whole_is_no_fault() => Assert.Null(Judge(
        TestFleet.Pi4, Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.Completed, 200_000_000)));

    [Fact]
    public void Firmware_that_stopped_asking() => Expect(
        FaultCode.FirmwareSilent, TestFleet.Pi4, Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed).Wait(50));

    [Fact]
    public void A_kernel_without_a_root() => Expect(FaultCode.NoRoot, s_pi5, new BootScript(s_pi5).Play(Transcripts.Pi5).Wait(130));

    [Fact]
    public void A_root_without_a_system() => Expect(FaultCode.NotUp, s_pi5, new BootScript(s_pi5).Play(Transcripts.Pi5).Root().Wait(310));

    [Fact]
    public void A_board_that_was_switched_off_has_no_fault() =>
        Assert.Null(Judge(TestFleet.Pi4, Offered(TestFleet.Pi4).Wait(3600)));

    [Fact]
    public void A_board_that_is_not_approved()
    {
        FaultContext context = Context(TestFleet.Pi4, new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover)) with { Client = null, Verdict = EnrolmentVerdict.Remember };
        Assert.Equal(FaultCode.NotApproved, FaultJudge.Judge(context)?.Code);
        Assert.Contains("approve 91cdf03d", FaultJudge.Judge(context)!.Fix, StringComparison.Ordinal);
    }

    private static BootScript Offered(BoardIdentity board) => new BootScript(board).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer);

    private static BootScript Bound(BoardIdentity board) => Offered(board).Dhcp(DhcpEventKind.Request).Dhcp(DhcpEventKind.Ack);

    private static Fault Expect(string code, BoardIdentity board, BootScript script)
    {
        Fault? fault = Judge(board, script);
        Assert.Equal(code, fault?.Code);
        return fault!;
    }

    private static Fault? Judge(BoardIdentity board, BootScript script) => FaultJudge.Judge(Context(board, script));

    private static FaultContext Context(BoardIdentity board, BootScript script) => new()
    {
        Now = script.Now,
        Options = new FleetOptions { Networks = [TestFleet.Network], StateFolder = "/nonexistent" },
        Server = TestFleet.Server,
        Board = new Board { Mac = board.Mac, Serial = board.Serial, Family = board.Family, LastSeen = script.Now },
        Client = new Client { Name = "pi" },
        Boots = script.Boots,
        Verdict = EnrolmentVerdict.Boot,
    };
}
