using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Timeline;
using Bramble.Tftp.Serving;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.Timeline;

public class BootReducerTests
{
    private static readonly BoardIdentity s_pi5 = TestFleet.Board("2c:cf:67:00:00:05", PiFamily.Pi5, "7bf18f79", 0xd04170, PiModel.Pi5);

    [Fact]
    public void A_pi_3_does_dhcp_twice_in_one_boot()
    {
        BootScript script = new BootScript(TestFleet.Pi3).Play(Transcripts.Pi3BPlus);
        Boot boot = Assert.Single(script.Boots.Boots);
        Assert.Equal(BootStage.Kernel, boot.Stage);
        Assert.Equal(2, boot.Discovers);
        Assert.Equal(boot.Times.Firmware, boot.Times.Bound);
        Assert.Equal(2, boot.Offers);
    }

    [Fact]
    public void A_pi_4_goes_through_every_stage()
    {
        BootScript script = new BootScript(TestFleet.Pi4) { KernelNames = ["RPI_EFI.fd"] }.Play(Transcripts.Pi4B).Root().Up("a");
        Boot boot = Assert.Single(script.Boots.Boots);
        Assert.Equal(BootStage.Up, boot.Stage);
        foreach (BootStage stage in Enum.GetValues<BootStage>())
        {
            Assert.NotNull(boot.Times.At(stage));
        }

        Assert.Null(boot.Current);
        BootFile config = boot.FindFile("config.txt")!;
        Assert.Equal((7, 4, 3), (config.Asked, config.Completed, config.Probes));
        Assert.Equal(boot.Probes, boot.Files.Sum(f => f.Probes));
    }

    [Fact]
    public void A_pi_5_is_at_the_kernel_when_the_whole_kernel_was_sent()
    {
        Assert.Equal(BootStage.Firmware, new BootScript(s_pi5).Play(Transcripts.Pi5, until: "7bf18f79/armstub").Current.Stage);
        Assert.Equal(BootStage.Kernel, new BootScript(s_pi5).Play(Transcripts.Pi5).Current.Stage);
    }

    [Fact]
    public void A_repeated_discover_is_the_same_boot_until_files_are_asked_for()
    {
        BootScript script = new BootScript(TestFleet.Pi4)
            .Dhcp(DhcpEventKind.Discover).Wait(7).Dhcp(DhcpEventKind.Discover).Wait(15).Dhcp(DhcpEventKind.Discover)
            .Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Request).Dhcp(DhcpEventKind.Ack).Wait(45).Dhcp(DhcpEventKind.Discover);
        Assert.Equal(4, Assert.Single(script.Boots.Boots).Discovers);
        script.File("91cdf03d/start4.elf", TftpTransferOutcome.Completed).Dhcp(DhcpEventKind.Discover);
        Assert.Equal([1, 2], script.Boots.Boots.Select(b => b.Number));
    }

    [Fact]
    public void A_discover_after_a_silence_is_a_new_boot()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Wait(91).Dhcp(DhcpEventKind.Discover);
        Assert.Equal(2, script.Boots.LastNumber);
    }

    [Fact]
    public void A_pi_3_that_lost_power_after_its_first_stage_starts_anew_once_it_had_other_files()
    {
        BootScript script = new BootScript(TestFleet.Pi3).Play(Transcripts.Pi3BPlus, until: "8b07bcc6/fixup.dat").Dhcp(DhcpEventKind.Discover);
        Assert.Equal(2, script.Boots.LastNumber);
    }

    [Fact]
    public void In_proxy_mode_the_request_to_the_other_server_binds()
    {
        BootScript script = new BootScript(s_pi5).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.ProxyOffer);
        Assert.Equal(BootStage.Offered, script.Current.Stage);
        script.Dhcp(DhcpEventKind.OtherServer, address: "10.77.0.60", server: "10.77.0.1");
        Assert.Equal((BootStage.Bound, "10.77.0.60", "10.77.0.1"), (script.Current.Stage, script.Current.Address.ToString(), script.Current.OtherServer.ToString()));
    }

    [Fact]
    public void In_server_mode_a_request_to_another_server_does_not_bind()
    {
        BootScript script = new BootScript(s_pi5).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.OtherServer, server: "10.77.0.1");
        Assert.Equal(BootStage.Offered, script.Current.Stage);
    }

    [Fact]
    public void A_firmware_request_taken_for_the_systems_is_known_by_its_transaction()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer)
            .Dhcp(DhcpEventKind.Request, ClientStage.OperatingSystem).Dhcp(DhcpEventKind.Ack, ClientStage.OperatingSystem);
        Assert.Equal(BootStage.Bound, script.Current.Stage);
    }

    [Fact]
    public void Dhcp_of_the_initramfs_shows_that_a_kernel_runs()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Play(Transcripts.Pi4B, until: "91cdf03d/RPI_EFI.fd").File("91cdf03d/payload.bin", TftpTransferOutcome.Completed, 20 << 20);
        Assert.Equal(BootStage.Firmware, script.Current.Stage);
        script.Dhcp(DhcpEventKind.Discover, ClientStage.OperatingSystem, xid: 99);
        Assert.Equal(BootStage.Kernel, script.Current.Stage);
    }

    [Fact]
    public void Dhcp_of_a_system_on_the_card_does_not()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Ack)
            .File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound).Dhcp(DhcpEventKind.Discover, ClientStage.OperatingSystem, xid: 99);
        Assert.Equal(BootStage.Firmware, script.Current.Stage);
    }

    [Fact]
    public void Dhcp_of_a_running_system_starts_nothing() =>
        Assert.Empty(new BootScript(TestFleet.Pi4).Dhcp(DhcpEventKind.Discover, ClientStage.OperatingSystem).Boots.Boots);

    [Fact]
    public void A_board_with_a_fixed_address_boots_without_dhcp()
    {
        BootScript script = new BootScript(TestFleet.Pi4).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed);
        Assert.Equal(BootStage.Firmware, script.Current.Stage);
        Assert.Null(script.Current.Times.Discover);
        script.File("91cdf03d/kernel8.img", TftpTransferOutcome.Completed).Root().Up("a").Wait(60).File("91cdf03d/start4.elf", TftpTransferOutcome.Completed);
        Assert.Equal(2, script.Boots.LastNumber);
    }

    [Fact]
    public void A_beacon_counts_once()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Up("a").Wait(100).Up("a");
        Assert.Equal(1, script.Boots.LastNumber);
        Assert.Equal(2, script.Up("b").Boots.LastNumber);
        Assert.Equal(2, script.Up("a").Boots.LastNumber);
    }

    [Fact]
    public void A_board_that_fails_the_same_way_for_ever_keeps_the_good_boots()
    {
        BootScript script = new BootScript(TestFleet.Pi4).Play(Transcripts.Pi4B).File("91cdf03d/kernel8.img", TftpTransferOutcome.Completed).Root().Up("good");
        for (int i = 0; i < 50; i++)
        {
            script.Wait(100).Dhcp(DhcpEventKind.Discover).Dhcp(DhcpEventKind.Offer).Dhcp(DhcpEventKind.Ack).File("91cdf03d/start4.elf", TftpTransferOutcome.NotFound);
        }

        Assert.Equal("good", script.Boots.Boots[0].BootId);
        Assert.Equal(51, script.Boots.LastNumber);
        Assert.Equal(48, script.Boots.Previous!.Repeats);
    }

    [Fact]
    public void Any_order_of_events_keeps_the_rules() => Check.QuickThrowOnFailure(Prop.ForAll<byte[]>(steps =>
    {
        var script = new BootScript(TestFleet.Pi3, kept: 3);
        int number = 0;
        foreach (byte step in steps)
        {
            Boot? before = script.Boots.Current;
            script.Wait((step >> 6) * 40);
            Apply(script, step & 63);
            if (script.Boots.Current is not { } now)
            {
                continue;
            }

            bool kept = script.Boots.Boots.Count <= 3 && script.Boots.LastNumber >= number && now.Number == script.Boots.LastNumber;
            bool forward = before is null || before.Number != now.Number || (now.Stage >= before.Stage && now.LastEvent >= before.LastEvent);
            bool ordered = Enum.GetValues<BootStage>().Select(now.Times.At).OfType<DateTimeOffset>().ToArray() is var times && times.SequenceEqual(times.Order());
            bool noneAfter = Enum.GetValues<BootStage>().Where(s => s > now.Stage).All(s => now.Times.At(s) is null);
            number = script.Boots.LastNumber;
            if (!kept || !forward || !ordered || !noneAfter)
            {
                return false;
            }
        }

        return true;
    }));

    private static void Apply(BootScript script, int step)
    {
        string[] files = ["bootcode.bin", "8b07bcc6/start.elf", "8b07bcc6/config.txt", "8b07bcc6/kernel8.img"];
        switch (step % 4)
        {
            case 0:
                script.Dhcp((DhcpEventKind)(step / 4 % 10), (ClientStage)(step / 40));
                break;
            case 1:
            case 2:
                script.File(files[step / 4 % 4], (TftpTransferOutcome)(step / 16 % 7 + (step % 4 == 1 ? 0 : 3)));
                break;
            default:
                _ = step > 32 ? script.Root() : script.Up(step.ToString());
                break;
        }
    }
}
