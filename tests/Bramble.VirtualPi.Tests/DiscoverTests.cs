using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Replay;
using Bramble.VirtualPi.Tests.Scripted;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Tests;

public sealed class DiscoverTests
{
    private static readonly IReadOnlyList<Transcript> s_transcripts = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "transcripts.json"));

    [Fact]
    public void Every_recorded_discover_is_sent_octet_for_octet()
    {
        int compared = 0;
        foreach (Transcript transcript in s_transcripts)
        {
            foreach (TranscriptPacket packet in transcript.Packets)
            {
                if (packet.FromPi && packet.Type == "DISCOVER" && packet.Message.Length > 0)
                {
                    DhcpStage stage = packet.Stage switch
                    {
                        "boot-rom" => DhcpStage.BootRom,
                        "bootcode.bin" => DhcpStage.Bootcode,
                        _ => DhcpStage.Eeprom,
                    };
                    byte[] sent = DhcpRequests.Discover(stage, transcript.Profile.Uuid, transcript.Identity, DhcpRequests.XidOf(packet.Message));
                    Assert.Equal(Convert.ToHexStringLower(packet.Message), Convert.ToHexStringLower(sent));
                    compared++;
                }
            }
        }

        Assert.Equal(4, compared);
    }

    [Fact]
    public void The_boards_on_the_wire_send_the_recorded_discovers()
    {
        foreach (string id in (string[])["pi3bplus-nosd-dhcp-serial-prefix-rpios64", "pi4b-dhcp-serial-prefix-64bit", "pi5-dhcp-phase-proxydhcp"])
        {
            Transcript transcript = s_transcripts.Single(t => t.Id == id);
            var bench = new Bench(transcript.Profile, new ServerScript { Offers = false }, identity: transcript.Identity);
            bench.Run(1);
            byte[] sent = bench.Server.Discovers[0];
            byte[] recorded = transcript.Packets[0].Message;
            // The transaction id of an EEPROM changes with each attempt.
            sent.AsSpan(4, 4).CopyTo(recorded.AsSpan(4));
            Assert.Equal(recorded, sent);
        }
    }

    [Theory]
    [InlineData(PiModel.Pi4B, "2019-12-03", "3df0cd913df0cd913df0cd913df0cd91")]
    [InlineData(PiModel.Pi4B, "2020-03-04", "525069341431d000000000003df0cd91")]
    [InlineData(PiModel.Pi4B, "2020-09-03", "525069341431d000010902f73df0cd91")]
    [InlineData(PiModel.Pi4B, "2021-11-22", "346950521431d000010902f73df0cd91")]
    [InlineData(PiModel.Pi5, "2023-10-18", "346950521431d000010902f73df0cd91")]
    [InlineData(PiModel.Pi5, "2023-10-30", "356950521431d000010902f73df0cd91")]
    public void Option_97_follows_the_eeprom_date(PiModel model, string eeprom, string expected)
    {
        var mac = new MacAddress(0xe45f_0109_02f7);
        byte[] uuid = new byte[UuidForms.Length];
        UuidForms.Write(PiProfile.Create(model, DateOnly.Parse(eeprom)).Uuid, PiIdentity.Create(model, 0x91cdf03d, mac, 0xd03114), uuid);
        Assert.Equal("00" + expected, Convert.ToHexStringLower(uuid));
    }

    [Fact]
    public void A_3B_sends_its_constant_identifier_in_the_rom_and_its_serial_from_bootcode()
    {
        var bench = new Bench(PiProfile.Create(PiModel.Pi3B), new ServerScript { Files = Bench.BootFiles() });
        Assert.Equal("loaded", bench.Run());
        Assert.Equal("00" + string.Concat(Enumerable.Repeat("44", 16)), Convert.ToHexStringLower(DhcpRequests.OptionOf(bench.Server.Discovers[0], 97)));
        Assert.Equal("00" + string.Concat(Enumerable.Repeat("c6bc078b", 4)), Convert.ToHexStringLower(DhcpRequests.OptionOf(bench.Server.Discovers[1], 97)));
        Assert.Equal(320, bench.Server.Discovers[0].Length);
        Assert.Equal(322, bench.Server.Discovers[1].Length);
    }
}
