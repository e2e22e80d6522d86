using Bramble.Dhcp.Policy;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Faults;

/// <content>Faults that more than the boot's own packets tell.</content>
public partial class FaultJudgeTests
{
    private static readonly Ipv4Address s_elsewhere = Ipv4Address.Parse("192.168.2.214");

    [Fact]
    public void A_relay_agent_in_front_of_a_pi_3_names_it()
    {
        BootScript script = new BootScript(TestFleet.Pi3).Dhcp(DhcpEventKind.Discover, relay: "10.78.0.1").Dhcp(DhcpEventKind.Offer).Wait(30);
        Assert.Contains("relay agent 10.78.0.1", Expect(FaultCode.RelayedPi3, TestFleet.Pi3, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pi_3_behind_a_relay_agent_that_loads_bootcode_and_nothing_more()
    {
        BootScript script = new BootScript(TestFleet.Pi3).Dhcp(DhcpEventKind.Discover, relay: "10.78.0.1").Dhcp(DhcpEventKind.Offer)
            .File("bootcode.bin", TftpTransferOutcome.Completed).File("bootsig.bin", TftpTransferOutcome.NotFound).Wait(50);
        Assert.Contains("bootcode.bin was loaded", Expect(FaultCode.RelayedPi3, TestFleet.Pi3, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pi_4_behind_a_relay_agent_has_the_ordinary_fault() => Expect(
        FaultCode.NoRequest, TestFleet.Pi4, new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover, relay: "10.78.0.1").Dhcp(DhcpEventKind.Offer).Wait(30));

    [Fact]
    public void A_pi_3_behind_a_relay_agent_that_loads_its_files_has_no_fault() => Assert.Null(Judge(
        TestFleet.Pi3,
        new BootScript(TestFleet.Pi3).Dhcp(DhcpEventKind.Discover, relay: "10.78.0.1").Dhcp(DhcpEventKind.Offer).File("bootcode.bin", TftpTransferOutcome.Completed).Wait(20)));

    [Fact]
    public void An_address_that_nobody_answers_for()
    {
        FaultContext context = Context(TestFleet.Pi4, Bound(TestFleet.Pi4).Wait(16)) with { Asked = [new ArpQuestion(s_elsewhere, 4)] };
        Fault? fault = FaultJudge.Judge(context);
        Assert.Equal(FaultCode.NobodyAnswers, fault?.Code);
        Assert.Contains("asked 4 times by ARP who has 192.168.2.214", fault!.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_boot_server_is_known_by_the_address_that_is_asked_for()
    {
        FaultContext context = Context(TestFleet.Pi4, Bound(TestFleet.Pi4).Wait(16)) with { Asked = [new ArpQuestion(Ipv4Address.Parse("10.77.0.1"), 1)] };
        Fault? fault = FaultJudge.Judge(context);
        Assert.Equal(FaultCode.OtherBootServer, fault?.Code);
        Assert.Contains("asked by ARP for 10.77.0.1", fault!.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_boot_server_is_known_by_its_offer()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.ProxyOffer).BootOffer("10.77.0.1", "undionly.kpxe")
            .Dhcp(DhcpEventKind.OtherServer, server: "10.77.0.1").Wait(16);
        Assert.Contains("10.77.0.1 and the file 'undionly.kpxe'", Expect(FaultCode.OtherBootServer, TestFleet.Pi4, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_boot_server_that_is_not_listened_to_is_no_fault() => Assert.Null(Judge(
        TestFleet.Pi4,
        new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.ProxyOffer).BootOffer("10.77.0.1").Dhcp(DhcpEventKind.OtherServer, server: "10.77.0.1")
            .File("91cdf03d/start4.elf", TftpTransferOutcome.Completed).Wait(20)));

    [Fact]
    public void Two_machines_at_one_address_go_before_what_comes_of_it()
    {
        Assert.True(MacAddress.TryParse("52:54:00:00:00:99", out MacAddress rival));
        FaultContext context = Context(TestFleet.Pi4, Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.TimedOut, 2_000_000).Wait(50)) with { AddressRival = rival };
        Fault? fault = FaultJudge.Judge(context);
        Assert.Equal(FaultCode.AddressTwice, fault?.Code);
        Assert.Contains("52:54:00:00:00:99", fault!.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_boards_of_one_identity_also_while_they_are_up()
    {
        FaultContext context = Context(s_pi5, new BootScript(s_pi5).Play(Transcripts.Pi5).Root().Up("a").Wait(10)) with { Twin = "kiosk" };
        Assert.Equal(FaultCode.SameIdentity, FaultJudge.Judge(context)?.Code);
    }

    [Theory]
    [InlineData(29, null)]
    [InlineData(31, FaultCode.OwnSystem)]
    public void A_system_of_its_own_after_half_a_minute(double seconds, string? code)
    {
        var script = new BootScript(s_pi5);
        Assert.Equal(code, FaultJudge.Judge(Context(s_pi5, script.Wait(seconds)) with { OwnSystem = BootScript.Start })?.Code);
    }

    [Theory]
    [InlineData(TftpTransferOutcome.TimedOut)]
    [InlineData(TftpTransferOutcome.Aborted)]
    public void A_file_that_took_longer_than_the_bootloader_waits(TftpTransferOutcome outcome)
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed)
            .File("91cdf03d/initramfs8", outcome, 40_000_000, 12_000_000, active: 30).Wait(50);
        Assert.Contains("12000000 of 40000000 bytes were sent in 30 s (0.40 MB/s", Expect(FaultCode.FileTooSlow, TestFleet.Pi4, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_that_is_switched_off_in_a_file_is_not_too_slow() => Expect(
        FaultCode.TransferBroken, TestFleet.Pi4,
        Bound(TestFleet.Pi4).File("91cdf03d/initramfs8", TftpTransferOutcome.TimedOut, 40_000_000, 12_000_000, active: 4).Wait(50));

    [Fact]
    public void Packets_of_full_size_that_never_arrive()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.TimedOut, 2_000_000, 0, retransmits: 5, active: 12).Wait(50);
        Assert.Contains("Such a packet has 1500 bytes", Expect(FaultCode.LargePacketsLost, TestFleet.Pi4, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_that_answers_nothing_has_not_lost_large_packets() => Expect(
        FaultCode.FirmwareSilent, TestFleet.Pi4,
        Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.TimedOut, 2_000_000, 0, retransmits: 5, active: 0).Wait(50));

    [Fact]
    public void A_look_whose_end_was_lost_is_no_broken_transfer_of_the_boot_before()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/recovery.elf", TftpTransferOutcome.TimedOut, retransmits: 5).Wait(100).Dhcp(DhcpEventKind.Discover);
        Assert.Null(Judge(TestFleet.Pi4, script));
    }

    [Fact]
    public void A_start_elf_of_another_model_is_none_for_a_pi_4()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).File("91cdf03d/start.elf", TftpTransferOutcome.Probed)
            .File("91cdf03d/config.txt", TftpTransferOutcome.Completed).File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).Wait(15);
        Assert.Contains("not there: start4.elf.", Expect(FaultCode.FileMissing, TestFleet.Pi4, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_takes_long_is_not_silence()
    {
        BootScript script = Bound(TestFleet.Pi3).File("kernel8.img", TftpTransferOutcome.Started, 80_000_000, blockSize: 512).Wait(200);
        Assert.Null(Judge(TestFleet.Pi3, script));
    }

    [Fact]
    public void The_end_of_a_transfer_of_the_boot_before_takes_the_new_one_no_further()
    {
        BootScript script = Bound(TestFleet.Pi4).File("91cdf03d/kernel8.img", TftpTransferOutcome.Started).Wait(100).Dhcp(DhcpEventKind.Discover);
        Assert.Equal(Bramble.Fleet.Timeline.BootStage.Discover, script.File("91cdf03d/kernel8.img", TftpTransferOutcome.Unconfirmed, active: 60, goesOn: true).Current.Stage);
    }

    [Fact]
    public void A_signed_boot_that_stops_at_the_missing_config_txt()
    {
        BootScript script = Bound(s_pi5).File("7bf18f79/config.txt", TftpTransferOutcome.NotFound).File("config.txt", TftpTransferOutcome.NotFound)
            .File("7bf18f79/boot.img", TftpTransferOutcome.Probed, 40_000_000).Wait(5).Dhcp(DhcpEventKind.Discover);
        Expect(FaultCode.SignedBootStops, s_pi5, script);
    }

    [Fact]
    public void A_signed_boot_that_goes_on_is_no_fault() => Assert.Null(Judge(
        s_pi5,
        Bound(s_pi5).File("7bf18f79/config.txt", TftpTransferOutcome.NotFound).File("7bf18f79/boot.img", TftpTransferOutcome.Probed, 40_000_000)
            .File("7bf18f79/boot.img", TftpTransferOutcome.Completed, 40_000_000)));

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, FaultCode.EepromLoop)]
    public void An_eeprom_update_at_every_boot(int boots, string? code)
    {
        var script = new BootScript(TestFleet.Pi4);
        for (int i = 0; i < boots; i++)
        {
            script.Play(Transcripts.Pi4B).File("91cdf03d/pieeprom.upd", TftpTransferOutcome.Completed).Root().Up($"boot-{i}").Wait(600);
        }

        Assert.Equal(code, Judge(TestFleet.Pi4, script)?.Code);
    }

    [Fact]
    public void An_eeprom_update_after_which_the_board_starts_anew_at_once()
    {
        var script = new BootScript(TestFleet.Pi4);
        for (int i = 0; i < 4; i++)
        {
            script.Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Request).Dhcp(DhcpEventKind.Ack)
                .File("91cdf03d/pieeprom.upd", TftpTransferOutcome.Completed).Wait(20);
        }

        Assert.Contains("each of the last 4 boots", Expect(FaultCode.EepromLoop, TestFleet.Pi4, script).Seen, StringComparison.Ordinal);
        Expect(FaultCode.EepromLoop, TestFleet.Pi4, script.Wait(60));
    }

    [Fact]
    public void One_eeprom_update_after_boots_that_failed_is_no_loop()
    {
        var script = new BootScript(TestFleet.Pi4);
        for (int i = 0; i < 5; i++)
        {
            script.Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Request).Dhcp(DhcpEventKind.Ack)
                .File(i < 4 ? "91cdf03d/config.txt" : "91cdf03d/pieeprom.upd", TftpTransferOutcome.Completed).Wait(20);
        }

        Assert.Null(Judge(TestFleet.Pi4, script.Dhcp(DhcpEventKind.Discover)));
    }

    [Fact]
    public void A_signed_boot_that_stands_still_is_told_before_the_file_that_it_lacks() => Expect(
        FaultCode.SignedBootStops, s_pi5,
        Bound(s_pi5).File("7bf18f79/boot.img", TftpTransferOutcome.Probed, 40_000_000).File("7bf18f79/config.txt", TftpTransferOutcome.NotFound).Wait(10));

    [Fact]
    public void A_system_that_gives_its_address_back_on_its_way_up()
    {
        BootScript script = new BootScript(s_pi5).Play(Transcripts.Pi5).Root().Dhcp(DhcpEventKind.Release, ClientStage.OperatingSystem);
        Assert.Null(Judge(s_pi5, script.Wait(10)));
        Assert.Contains("gave its address back", Expect(FaultCode.AddressLost, s_pi5, script.Wait(25)).Seen, StringComparison.Ordinal);
        Assert.Null(Judge(s_pi5, script.Up("a")));
    }

    [Fact]
    public void A_system_that_goes_over_to_another_address()
    {
        BootScript script = new BootScript(s_pi5).Play(Transcripts.Pi5).Root().Dhcp(DhcpEventKind.Ack, ClientStage.OperatingSystem, address: "10.77.0.77").Wait(40);
        Assert.Contains("10.77.0.77", Expect(FaultCode.AddressLost, s_pi5, script).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_address_again_is_no_fault() => Assert.Null(Judge(
        s_pi5, new BootScript(s_pi5).Play(Transcripts.Pi5).Root().Dhcp(DhcpEventKind.Ack, ClientStage.OperatingSystem).Wait(40)));

    [Fact]
    public void A_kernel_that_asked_for_its_address_is_known_to_run()
    {
        BootScript script = new BootScript(s_pi5).Play(Transcripts.Pi5).Dhcp(DhcpEventKind.Discover, ClientStage.OperatingSystem).Wait(130);
        Fault fault = Expect(FaultCode.NoRoot, s_pi5, script);
        Assert.Contains("The kernel runs", fault.Seen, StringComparison.Ordinal);
        Assert.Contains("exportfs", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_that_takes_no_offer_behind_a_slow_port_is_told_of_it()
    {
        FaultContext context = Context(TestFleet.Pi3, Offered(TestFleet.Pi3).Wait(30)) with { SpanningTree = TimeSpan.FromSeconds(15) };
        Fault? fault = FaultJudge.Judge(context);
        Assert.Equal(FaultCode.NoRequest, fault?.Code);
        Assert.Contains("closed for 30 s", fault!.Seen, StringComparison.Ordinal);
    }
}
