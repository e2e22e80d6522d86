using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Replay;
using Bramble.VirtualPi.Tests.Scripted;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Tests;

public sealed class BootTests
{
    private static readonly IReadOnlyList<Transcript> s_transcripts = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "transcripts.json"));

    [Theory]
    [InlineData(PiModel.Pi3B)]
    [InlineData(PiModel.Pi3BPlus)]
    [InlineData(PiModel.Pi4B)]
    [InlineData(PiModel.Pi5)]
    public void Every_model_loads_every_octet_from_a_good_server(PiModel model)
    {
        Dictionary<string, byte[]> files = Bench.BootFiles();
        var bench = new Bench(PiProfile.Create(model), new ServerScript { Files = files }, new KnownFiles(files));
        Assert.Equal("loaded", bench.Run());
        Assert.Equal(files["8b07bcc6/" + bench.Loaded!.KernelName], bench.Loaded.Kernel.ToArray());
        Assert.Equal(files["8b07bcc6/" + bench.Loaded.InitramfsName], bench.Loaded.Initramfs.ToArray());
        Assert.Equal("console=serial0,115200 root=/dev/nfs ip=dhcp", bench.Loaded.CommandLine);
    }

    [Theory]
    [InlineData("pi3bplus-nosd-dhcp-serial-prefix-rpios64", "arm_64bit=1\nauto_initramfs=1\ndtoverlay=vc4-kms-v3d\n")]
    [InlineData("pi4b-dhcp-serial-prefix-64bit", "arm_64bit=1\narmstub=RPI_EFI.fd\ndtoverlay=mcp2515-can0,oscillator=16000000\n")]
    [InlineData("pi5-rpios-derived", "auto_initramfs=1\ndtoverlay=vc4-kms-v3d-pi5\n")]
    public void Read_requests_come_in_the_recorded_order_with_the_recorded_options(string id, string config)
    {
        Transcript transcript = s_transcripts.Single(t => t.Id == id);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var wanted = new List<string>();
        foreach (TranscriptPacket packet in transcript.Packets.Where(p => p.Protocol == "tftp"))
        {
            wanted.Add(string.Join(' ', ["" + packet.Path, "octet", .. packet.Options.SelectMany(o => new[] { o.Key, o.Value })]));
            if (packet.Expect is "full" or "probe")
            {
                files[packet.Path.Replace("//", "/", StringComparison.Ordinal)] = new byte[700];
            }
        }

        string name = files.Keys.Single(k => k.EndsWith("/config.txt", StringComparison.Ordinal));
        files[name] = System.Text.Encoding.ASCII.GetBytes(config);
        var bench = new Bench(transcript.Profile, new ServerScript { Files = files }, identity: transcript.Identity);
        Assert.Equal("loaded", bench.Run());
        Assert.Equal(wanted, bench.Server.Reads);
    }

    [Fact]
    public void A_probe_is_ended_by_the_recorded_error()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = Bench.BootFiles() });
        Assert.Equal("loaded", bench.Run());
        Assert.NotEmpty(bench.Server.Errors);
        Assert.All(bench.Server.Errors, e => Assert.Equal("000500004561726c79207465726d696e61746500", Convert.ToHexStringLower(e)));
    }

    [Theory]
    [InlineData(PiModel.Pi3B, "no-boot-option")]
    [InlineData(PiModel.Pi3BPlus, "no-boot-option")]
    [InlineData(PiModel.Pi4B, "no-boot-option")]
    [InlineData(PiModel.Pi5, "no-boot-option")]
    public void Siaddr_alone_makes_no_board_boot(PiModel model, string code)
    {
        var bench = new Bench(PiProfile.Create(model), new ServerScript { Option43 = null, Files = Bench.BootFiles() });
        Assert.Equal(code, bench.Run());
        Assert.Empty(bench.Server.Requests);
        Assert.Empty(bench.Server.Reads);
    }

    [Theory]
    [InlineData(PiModel.Pi4B)]
    [InlineData(PiModel.Pi5)]
    public void Option_66_alone_is_enough_for_an_eeprom(PiModel model)
    {
        var script = new ServerScript { Option43 = null, Option66 = "10.0.0.1", Siaddr = default, Files = Bench.BootFiles() };
        Assert.Equal("loaded", new Bench(PiProfile.Create(model), script).Run());
    }

    [Fact]
    public void A_NUL_after_option_66_stops_a_Pi_3_and_no_newer_board()
    {
        var script = new ServerScript { Option66 = "10.0.0.1\0", Files = Bench.BootFiles() };
        Assert.Equal("option66", new Bench(PiProfile.Create(PiModel.Pi3B), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi4B), script).Run());
    }

    [Fact]
    public void Only_the_3B_needs_three_spaces_after_the_menu_text()
    {
        var script = new ServerScript { Option43 = ServerScript.Menu("Raspberry Pi Boot"), Files = Bench.BootFiles() };
        Assert.Equal("boot-text", new Bench(PiProfile.Create(PiModel.Pi3B), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi3B, bugs: RomBugs.None), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi3BPlus), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi5), script).Run());
    }

    [Fact]
    public void Raw_text_in_option_43_is_enough_for_a_Pi_3_only()
    {
        var script = new ServerScript { Option43 = "Raspberry Pi Boot   "u8.ToArray(), Files = Bench.BootFiles() };
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi3B), script).Run());
        Assert.Equal("boot-text", new Bench(PiProfile.Create(PiModel.Pi4B), script).Run());
    }

    [Fact]
    public void An_old_eeprom_reads_only_the_first_menu_entry_and_no_padded_offer()
    {
        var second = new ServerScript { Option43 = ServerScript.Menu("Local", "Raspberry Pi Boot"), Files = Bench.BootFiles() };
        Assert.Equal("boot-text", new Bench(PiProfile.Create(PiModel.Pi4B, new DateOnly(2019, 12, 3)), second).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi4B, new DateOnly(2020, 1, 9)), second).Run());
        var padded = new ServerScript { PadBeforeEnd = 8, Files = Bench.BootFiles() };
        Assert.Equal("padding", new Bench(PiProfile.Create(PiModel.Pi4B, new DateOnly(2020, 1, 9)), padded).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi4B, new DateOnly(2020, 1, 17)), padded).Run());
    }

    [Theory]
    [InlineData(PiModel.Pi4B)]
    [InlineData(PiModel.Pi5)]
    [InlineData(PiModel.Pi3BPlus)]
    public void The_offers_of_router_and_proxy_are_combined_in_either_order(PiModel model)
    {
        var script = new ServerScript { SeparateProxy = true, Siaddr = default, Files = Bench.BootFiles() };
        Assert.Equal("loaded", new Bench(PiProfile.Create(model), script).Run());
        var bench = new Bench(PiProfile.Create(model), script with { AddressDelay = TimeSpan.FromSeconds(2), ProxyDelay = TimeSpan.FromMilliseconds(1) });
        Assert.Equal("loaded", bench.Run());
        Assert.Equal("10.0.0.2", bench.Events.First(e => e.Stage == BootStage.Offered)["tftp"]);
    }

    [Fact]
    public void A_3B_locks_up_when_the_proxy_answers_at_once()
    {
        var script = new ServerScript { SeparateProxy = true, ProxyDelay = TimeSpan.FromMilliseconds(5), Files = Bench.BootFiles() };
        Assert.Equal("rom-locked", new Bench(PiProfile.Create(PiModel.Pi3B), script).Run());
        Assert.Equal("rom-locked", new Bench(PiProfile.Create(PiModel.Pi3B), script with { ProxyDelay = TimeSpan.FromSeconds(1.5) }).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi3B), script with { ProxyDelay = TimeSpan.FromSeconds(2) }).Run());
    }

    [Theory]
    [InlineData(PiModel.Pi3B, false, RomBugs.Pi3B, "loaded others-offer")]
    [InlineData(PiModel.Pi3B, true, RomBugs.Pi3B, "loaded loaded")]
    [InlineData(PiModel.Pi3B, false, RomBugs.Pi3B & ~RomBugs.TakesAnyOffer, "loaded loaded")]
    [InlineData(PiModel.Pi4B, false, RomBugs.None, "loaded loaded")]
    public void Of_two_3B_switched_on_together_one_takes_the_address_of_the_other_if_it_is_offered_by_broadcast(
        PiModel model, bool unicast, RomBugs bugs, string ends)
    {
        PiIdentity[] boards = [PiIdentity.Create(model, 0x8b07bcc6), PiIdentity.Create(model, 0x8b07bcc7)];
        Dictionary<string, byte[]> files = Bench.BootFiles(prefix: "");
        var script = new ServerScript { AddressPerBoard = true, Unicast = unicast, Files = files };

        var bench = new Bench(PiProfile.Create(model, bugs: bugs), script, boards);

        Assert.Equal(ends, bench.Run());
        int addresses = bench.Events.Where(e => e.Stage == BootStage.Bound).Select(e => e["address"]).Distinct().Count();
        Assert.Equal(ends == "loaded loaded" ? 2 : 1, addresses);
    }

    [Fact]
    public void The_broadcast_of_a_proxy_to_one_3B_locks_another_that_has_just_got_its_address()
    {
        PiProfile profile = PiProfile.Create(PiModel.Pi3B);
        var script = new ServerScript { SeparateProxy = true, Unicast = true, Files = Bench.BootFiles() };
        var alone = new Bench(profile, script);
        Assert.Equal("loaded", alone.Run());

        // What the first of two boards is sent 2 s after its DISCOVER, heard by a second one that asked a second later.
        var bench = new Bench(profile, script);
        byte[] menu = ServerScript.Menu("Raspberry Pi Boot   ");
        byte[] reply = DhcpRequests.Discover(DhcpStage.BootRom, UuidForm.Constant, PiIdentity.Create(PiModel.Pi3B, 0x11223344), DhcpRequests.Pi3Xid);
        reply = [.. reply[..240], 53, 1, 2, 54, 4, 10, 0, 0, 2, 43, (byte)menu.Length, .. menu, 255];
        reply[0] = 2;
        bench.Inject(TimeSpan.FromSeconds(1), Frames.Udp(
            new(0x0200_0000_0001), Bramble.Linux.Net.MacAddress.Broadcast, ServerScript.Proxy, 67, Bramble.Linux.Net.Ipv4Address.Broadcast, 68, 0, true, reply));
        Assert.Equal("rom-locked", bench.Run());
    }

    [Fact]
    public void A_3B_on_a_bad_day_sees_a_unicast_offer_only_after_a_broadcast()
    {
        PiProfile profile = PiProfile.Create(PiModel.Pi3B, bugs: RomBugs.Pi3BOnABadDay);
        var script = new ServerScript { Unicast = true, Files = Bench.BootFiles() };
        Assert.Equal("stuck-until-broadcast", new Bench(profile, script).Run());
        var helped = new Bench(profile, script);
        byte[] arp = Frames.Arp(1, new(0x0200_0000_0009), new(0x0a00_0009), default, new(0x0a00_0008));
        helped.Inject(TimeSpan.FromSeconds(2), arp);
        // bootcode.bin is not the ROM: it needs no help.
        Assert.Equal("loaded", helped.Run());
    }

    [Fact]
    public void A_relayed_reply_is_dropped_by_the_3B_rom()
    {
        var script = new ServerScript { Hops = 1, Files = Bench.BootFiles() };
        Assert.Equal("relayed", new Bench(PiProfile.Create(PiModel.Pi3B), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi3BPlus), script).Run());
    }

    [Fact]
    public void A_Pi_3_sends_five_discovers_five_seconds_apart_and_goes_dark()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi3B), new ServerScript { Offers = false });
        Assert.Equal("no-offer", bench.Run());
        Assert.Equal([0, 5, 10, 15, 20], bench.Sent.Select(s => s.At.TotalSeconds));
        Assert.Equal(5, bench.Server.WithoutChecksum);
    }

    [Fact]
    public void An_eeprom_backs_off_and_begins_a_new_cycle_after_45_seconds()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Offers = false }, attempts: 2);
        Assert.Equal("no-offer", bench.Run());
        Assert.Equal([0, 8, 24, 50, 58, 74], bench.Sent.Select(s => s.At.TotalSeconds));
        Assert.Equal(6, bench.Server.Discovers.Select(d => DhcpRequests.XidOf(d)).Distinct().Count());
        Assert.Equal(0, bench.Server.WithoutChecksum);
    }

    [Fact]
    public void An_eeprom_requests_without_options_55_93_97_and_a_Pi_3_never_requests()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = Bench.BootFiles() });
        bench.Run();
        byte[] request = Assert.Single(bench.Server.Requests);
        Assert.All([55, 93, 97], code => Assert.Empty(DhcpRequests.OptionOf(request, code)));
        Assert.Equal([10, 0, 0, 50], DhcpRequests.OptionOf(request, 50));
        var pi3 = new Bench(PiProfile.Create(PiModel.Pi3BPlus), new ServerScript { Files = Bench.BootFiles() });
        Assert.Equal("loaded", pi3.Run());
        Assert.Empty(pi3.Server.Requests);
    }

    [Fact]
    public void A_missing_ack_is_named()
    {
        Assert.Equal("no-ack", new Bench(PiProfile.Create(PiModel.Pi5), new ServerScript { Acks = false }).Run());
    }

    [Fact]
    public void Without_an_ARP_answer_a_Pi_3_asks_into_the_void()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi3B), new ServerScript { AnswersArp = false });
        Assert.Equal("no-arp", bench.Run());
        Assert.Equal("aaaaaaaaaaaa", Convert.ToHexStringLower(bench.Sent[^1].Frame.AsSpan(0, 6)));
    }

    [Theory]
    [InlineData(PiModel.Pi3B)]
    [InlineData(PiModel.Pi3BPlus)]
    [InlineData(PiModel.Pi4B)]
    [InlineData(PiModel.Pi5)]
    public void Files_in_the_root_are_found_when_the_prefix_has_none(PiModel model)
    {
        Dictionary<string, byte[]> files = Bench.BootFiles(prefix: "");
        // The Pi 5's own slash then leads the path: a server takes "/config.txt" for "config.txt".
        foreach ((string name, byte[] content) in files.ToArray())
        {
            files["/" + name] = content;
        }

        var bench = new Bench(PiProfile.Create(model), new ServerScript { Files = files });
        Assert.Equal("loaded", bench.Run());
        Assert.Equal("", bench.Events.Last(e => e.Stage == BootStage.Firmware)["prefix"]);
    }

    [Fact]
    public void A_half_filled_prefix_does_not_fall_back_to_the_root()
    {
        Dictionary<string, byte[]> files = Bench.BootFiles(prefix: "");
        files["8b07bcc6/start4.elf"] = new byte[10];
        Assert.Equal("no-device-tree", new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = files }).Run());
    }

    [Fact]
    public void An_answer_without_oack_loses_files_on_start_elf_and_not_on_a_Pi_5()
    {
        var script = new ServerScript { SendsOack = false, Files = Bench.BootFiles() };
        Assert.Equal("no-oack", new Bench(PiProfile.Create(PiModel.Pi3BPlus), script).Run());
        Assert.Equal("no-oack", new Bench(PiProfile.Create(PiModel.Pi4B), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi5), script).Run());
    }

    [Fact]
    public void A_doubled_oack_spoils_a_file_on_a_Pi_3_only()
    {
        var pi3 = new ServerScript { OackTwiceFor = "8b07bcc6/fixup.dat", Files = Bench.BootFiles() };
        Assert.Equal("duplicate-oack", new Bench(PiProfile.Create(PiModel.Pi3B), pi3).Run());
        var pi4 = new ServerScript { OackTwiceFor = "8b07bcc6/fixup4.dat", Files = Bench.BootFiles() };
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi4B), pi4).Run());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_lying_tsize_is_a_fault(int error)
    {
        var script = new ServerScript { TsizeError = error, Files = Bench.BootFiles() };
        Assert.Equal("wrong-size", new Bench(PiProfile.Create(PiModel.Pi5), script).Run());
    }

    [Fact]
    public void A_smaller_block_size_in_the_oack_is_taken()
    {
        Dictionary<string, byte[]> files = Bench.BootFiles();
        var bench = new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { BlockSizeCap = 1300, Files = files }, new KnownFiles(files));
        Assert.Equal("loaded", bench.Run());
        Assert.Contains(bench.Events, e => e.Stage == BootStage.File && e["blksize"] is 1300);
    }

    [Fact]
    public void A_changed_octet_a_hidden_file_and_a_surplus_file_are_faults()
    {
        Dictionary<string, byte[]> good = Bench.BootFiles();
        string run(Action<Dictionary<string, byte[]>> change)
        {
            var served = new Dictionary<string, byte[]>(good, StringComparer.Ordinal);
            change(served);
            return new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = served }, new KnownFiles(good)).Run();
        }

        Assert.Equal("wrong-content", run(f => f["8b07bcc6/kernel8.img"] = [.. f["8b07bcc6/kernel8.img"][..^1], 0x55, 0x55]));
        Assert.Equal("refused", run(f => f.Remove("8b07bcc6/cmdline.txt")));
        Assert.Equal("unexpected-file", run(f => f["8b07bcc6/recovery.elf"] = [1]));
    }

    [Fact]
    public void A_file_that_takes_30_seconds_is_given_up_and_the_boot_begins_again_after_5()
    {
        var script = new ServerScript { SilentAfterBlock = 1, Files = Bench.BootFiles() };
        var bench = new Bench(PiProfile.Create(PiModel.Pi4B), script, attempts: 2);
        Assert.Equal("file-timeout", bench.Run());
        StageEvent retry = bench.Events.Single(e => e.Stage == BootStage.Retry);
        Assert.InRange(retry.At.TotalSeconds, 30, 31);
        StageEvent again = bench.Events.Where(e => e.Stage == BootStage.Discover).ElementAt(1);
        Assert.Equal(5, (again.At - retry.At).TotalSeconds, 3);
    }

    [Fact]
    public void A_slow_server_keeps_a_big_file_from_loading_in_time()
    {
        Dictionary<string, byte[]> files = Bench.BootFiles();
        files["8b07bcc6/kernel_2712.img"] = new byte[5_000_000];
        var script = new ServerScript { TftpDelay = TimeSpan.FromMilliseconds(10), Files = files };
        Assert.Equal("file-timeout", new Bench(PiProfile.Create(PiModel.Pi5), script).Run());
    }

    [Fact]
    public void Blocks_beyond_65535_load_only_with_an_eeprom_that_counts_on()
    {
        Dictionary<string, byte[]> files = Bench.BootFiles();
        byte[] big = new byte[65536 * 1468 + 5];
        new Random(3).NextBytes(big);
        files["8b07bcc6/kernel_2712.img"] = big;
        var script = new ServerScript { TftpDelay = TimeSpan.FromMicroseconds(100), Files = files };
        Assert.Equal("block-limit", new Bench(PiProfile.Create(PiModel.Pi5, new DateOnly(2025, 9, 22)), script).Run());
        Assert.Equal("loaded", new Bench(PiProfile.Create(PiModel.Pi5, new DateOnly(2025, 9, 23)), script, new KnownFiles(files)).Run());
    }

    [Fact]
    public void Only_the_first_boards_of_a_Pi_4_ask_for_usb_firmware()
    {
        var bench = new Bench(
            PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = Bench.BootFiles() }, identity: PiIdentity.Create(PiModel.Pi4B, 0x8b07bcc6, null, 0xc03111));
        Assert.Equal("loaded", bench.Run());
        Assert.Contains(bench.Server.Reads, r => r.StartsWith("8b07bcc6/vl805.sig", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_seed_sends_the_same_frames()
    {
        Bench run()
        {
            var bench = new Bench(PiProfile.Create(PiModel.Pi4B), new ServerScript { Files = Bench.BootFiles() });
            bench.Run();
            return bench;
        }

        Assert.Equal(run().Sent, run().Sent, (a, b) => a.At == b.At && a.Frame.AsSpan().SequenceEqual(b.Frame));
    }
}
