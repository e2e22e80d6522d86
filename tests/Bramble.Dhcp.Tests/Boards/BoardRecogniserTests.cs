using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;

namespace Bramble.Dhcp.Tests.Boards;

public sealed class BoardRecogniserTests
{
    [Theory]
    [InlineData("e4:5f:01:09:02:f7", "00:34:69:50:52:14:31:d0:00:01:09:02:f7:3d:f0:cd:91", PiFamily.Pi4, "91cdf03d", 0xd03114u, PiModel.Pi4B)]
    [InlineData("e4:5f:01:09:02:f7", "00:52:50:69:34:14:31:d0:00:01:09:02:f7:3d:f0:cd:91", PiFamily.Pi4, "91cdf03d", 0xd03114u, PiModel.Pi4B)]
    [InlineData("d8:3a:dd:e4:c9:f0", "00:35:69:50:52:70:41:d0:00:dd:e4:c9:f0:79:8f:f1:7b", PiFamily.Pi5, "7bf18f79", 0xd04170u, PiModel.Pi5)]
    [InlineData("d8:3a:dd:e4:c9:f0", "00:52:50:69:35:70:41:d0:00:dd:e4:c9:f0:79:8f:f1:7b", PiFamily.Pi5, "7bf18f79", 0xd04170u, PiModel.Pi5)]
    [InlineData("d8:3a:dd:e4:c9:f0", "00:34:69:50:52:70:41:d0:00:dd:e4:c9:f0:79:8f:f1:7b", PiFamily.Pi5, "7bf18f79", 0xd04170u, PiModel.Pi5)] // Pi 5 that says RPi4
    [InlineData("02:11:22:33:44:55", "00:de:ad:be:ef:14:31:d0:00:22:33:44:55:3d:f0:cd:91", PiFamily.Pi4, "91cdf03d", 0xd03114u, PiModel.Pi4B)] // own FourCC, own MAC
    [InlineData("dc:a6:32:00:00:01", "00:52:50:69:34:14:31:d0:00:00:00:00:00:3d:f0:cd:91", PiFamily.Pi4, "91cdf03d", 0xd03114u, PiModel.Pi4B)] // 2020-03-04 build: no MAC in it
    [InlineData("b8:27:eb:07:bc:c6", "00:c6:bc:07:8b:c6:bc:07:8b:c6:bc:07:8b:c6:bc:07:8b", PiFamily.Pi3, "8b07bcc6", null, PiModel.Unknown)]
    [InlineData("dc:a6:32:01:02:03", "00:f5:96:86:8d:f5:96:86:8d:f5:96:86:8d:f5:96:86:8d", PiFamily.Pi4, "8d8696f5", null, PiModel.Unknown)] // old EEPROM or DHCP_OPTION97=0
    [InlineData("b8:27:eb:07:bc:c6", "00:44:44:44:44:44:44:44:44:44:44:44:44:44:44:44:44", PiFamily.Pi3, null, null, PiModel.Unknown)]
    [InlineData("02:11:22:33:44:55", "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00", PiFamily.None, null, null, PiModel.Unknown)]
    [InlineData("02:11:22:33:44:55", "00:56:4d:12:34:56:78:9a:bc:de:f0:12:34:56:78:9a:bc", PiFamily.None, null, null, PiModel.Unknown)] // a PC
    [InlineData("dc:a6:32:01:02:03", "00:52:50", PiFamily.Pi4, null, null, PiModel.Unknown)] // cut short: the OUI still tells
    public void Reads_option_97(string mac, string option97, PiFamily family, string? serial, uint? revision, PiModel model)
    {
        BoardIdentity board = Recognise(new ClientMessage(DhcpMessageType.Discover, mac).With(97, option97));
        Assert.Equal(family, board.Family);
        Assert.Equal(serial, board.Serial?.ToString());
        Assert.Equal(revision, board.RevisionCode);
        Assert.Equal(model, board.Model);
    }

    [Theory]
    [InlineData("b8:27:eb:00:00:01", PiFamily.Pi3)]
    [InlineData("dc:a6:32:00:00:01", PiFamily.Pi4)]
    [InlineData("e4:5f:01:00:00:01", PiFamily.Pi4)]
    [InlineData("28:cd:c1:00:00:01", PiFamily.Pi4)]
    [InlineData("d8:3a:dd:00:00:01", PiFamily.Pi4)]
    [InlineData("2c:cf:67:00:00:01", PiFamily.Pi5)]
    [InlineData("88:a2:9e:00:00:01", PiFamily.Pi5)]
    [InlineData("52:54:00:00:00:01", PiFamily.None)]
    public void Falls_back_to_the_vendor_prefix(string mac, PiFamily family)
    {
        Assert.Equal(family, Recognise(new ClientMessage(DhcpMessageType.Discover, mac)).Family);
    }

    [Fact]
    public void Falls_back_to_vendor_class_and_requested_options_but_not_for_a_PC()
    {
        ClientMessage pi = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").With(60, "PXEClient:Arch:00000:UNDI:002001")
            .With(55, 1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135);
        ClientMessage pc = new ClientMessage(DhcpMessageType.Discover, "02:00:00:00:00:01").With(60, "PXEClient:Arch:00000:UNDI:002001")
            .With(55, 1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 43, 54, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135);
        Assert.Equal(PiFamily.Pi4, Recognise(pi).Family);
        Assert.Equal(PiFamily.None, Recognise(pc).Family);
    }

    [Fact]
    public void Tells_firmware_UEFI_and_system_apart()
    {
        Assert.Equal(ClientStage.Firmware, Stage(ClientMessage.Pi4Discover()));
        Assert.Equal(ClientStage.Firmware, Stage(ClientMessage.Pi3RomDiscover()));
        Assert.Equal(ClientStage.Uefi, Stage(new ClientMessage(DhcpMessageType.Discover, "e4:5f:01:09:02:f7").With(93, 0, 11).With(60, "PXEClient:Arch:00011:UNDI:003000")));
        Assert.Equal(ClientStage.Uefi, Stage(ClientMessage.Pi4Discover().With(77, "iPXE")));
        Assert.Equal(ClientStage.OperatingSystem, Stage(new ClientMessage(DhcpMessageType.Discover, "e4:5f:01:09:02:f7").With(60, "Linux ipconfig")));
        Assert.Equal(ClientStage.OperatingSystem, Stage(new ClientMessage(DhcpMessageType.Discover, "e4:5f:01:09:02:f7")));
    }

    [Theory]
    [InlineData(0xd03114u, PiModel.Pi4B, 8192, PiFamily.Pi4, 4)]
    [InlineData(0xd04170u, PiModel.Pi5, 8192, PiFamily.Pi5, 0)]
    [InlineData(0xa020d3u, PiModel.Pi3BPlus, 1024, PiFamily.Pi3, 3)]
    [InlineData(0xa02082u, PiModel.Pi3B, 1024, PiFamily.Pi3, 2)]
    [InlineData(0xc03130u, PiModel.Pi400, 4096, PiFamily.Pi4, 0)]
    [InlineData(0x902120u, PiModel.Unknown, 512, PiFamily.Pi3, 0)] // Zero 2 W
    [InlineData(0x000010u, PiModel.Unknown, 0, PiFamily.None, 0)] // old style
    public void Decodes_revision_codes(uint value, PiModel model, int memory, PiFamily family, int boardRevision)
    {
        var code = new PiRevisionCode(value);
        Assert.Equal(model, code.Model);
        Assert.Equal(memory, code.MemoryMebibytes);
        Assert.Equal(family, code.Family);
        Assert.Equal(boardRevision, code.BoardRevision);
    }

    // Every code of Raspberry Pi's list of new-style codes whose board can boot from the network; one of each maker for each type, memory and revision.
    [Theory]
    [InlineData(PiModel.Pi2B, PiFamily.Pi3, 1024, "a02042 a22042")]
    [InlineData(PiModel.Pi3B, PiFamily.Pi3, 1024, "a02082 a22082 a32082 a52082 a22083")]
    [InlineData(PiModel.Cm3, PiFamily.Pi3, 1024, "a020a0 a220a0")]
    [InlineData(PiModel.Pi3BPlus, PiFamily.Pi3, 1024, "a020d3 a020d4")]
    [InlineData(PiModel.Cm3Plus, PiFamily.Pi3, 1024, "a02100")]
    [InlineData(PiModel.Pi4B, PiFamily.Pi4, 1024, "a03111 a03115")]
    [InlineData(PiModel.Pi4B, PiFamily.Pi4, 2048, "b03111 b03112 b03114 b03115")]
    [InlineData(PiModel.Pi4B, PiFamily.Pi4, 4096, "c03111 c03112 c03114 c03115")]
    [InlineData(PiModel.Pi4B, PiFamily.Pi4, 8192, "d03114 d03115")]
    [InlineData(PiModel.Pi400, PiFamily.Pi4, 4096, "c03130")]
    [InlineData(PiModel.Cm4, PiFamily.Pi4, 1024, "a03140")]
    [InlineData(PiModel.Cm4, PiFamily.Pi4, 2048, "b03140")]
    [InlineData(PiModel.Cm4, PiFamily.Pi4, 4096, "c03140")]
    [InlineData(PiModel.Cm4, PiFamily.Pi4, 8192, "d03140")]
    [InlineData(PiModel.Cm4S, PiFamily.Pi4, 1024, "a03150")]
    [InlineData(PiModel.Pi5, PiFamily.Pi5, 2048, "b04170 b04171")]
    [InlineData(PiModel.Pi5, PiFamily.Pi5, 4096, "c04170 c04171")]
    [InlineData(PiModel.Pi5, PiFamily.Pi5, 8192, "d04170 d04171")]
    [InlineData(PiModel.Pi5, PiFamily.Pi5, 16384, "e04171")]
    [InlineData(PiModel.Cm5, PiFamily.Pi5, 2048, "b04180")]
    [InlineData(PiModel.Cm5, PiFamily.Pi5, 4096, "c04180")]
    [InlineData(PiModel.Cm5, PiFamily.Pi5, 8192, "d04180")]
    [InlineData(PiModel.Pi500, PiFamily.Pi5, 8192, "d04190")]
    [InlineData(PiModel.Pi500, PiFamily.Pi5, 16384, "e04190")]
    [InlineData(PiModel.Cm5Lite, PiFamily.Pi5, 2048, "b041a0")]
    [InlineData(PiModel.Cm5Lite, PiFamily.Pi5, 8192, "d041a0")]
    public void Published_revision_codes_name_their_model_and_memory(PiModel model, PiFamily family, int memory, string codes)
    {
        Assert.All(codes.Split(' '), text =>
        {
            var code = new PiRevisionCode(Convert.ToUInt32(text, 16));
            Assert.Equal((model, family, memory), (code.Model, code.Family, code.MemoryMebibytes));

            // And so does a DISCOVER, in both orders of the FourCC.
            if (family != PiFamily.Pi3)
            {
                byte[] octets = BitConverter.GetBytes(code.Value);
                foreach (string fourCc in family == PiFamily.Pi4 ? new[] { "RPi4", "4iPR" } : ["RPi5", "5iPR"])
                {
                    byte[] identifier = [0, .. System.Text.Encoding.ASCII.GetBytes(fourCc), .. octets, 1, 9, 2, 0xf7, 0x3d, 0xf0, 0xcd, 0x91];
                    BoardIdentity board = Recognise(new ClientMessage(DhcpMessageType.Discover, "02:5f:01:09:02:f7").With(97, identifier));
                    Assert.Equal((model, family, "91cdf03d"), (board.Model, board.Family, board.Serial.ToString()));
                }
            }
        });
    }

    [Theory]
    [InlineData("initramfs", "Linux ipconfig")]
    [InlineData("dhclient", null)]
    [InlineData("udhcpc", "udhcp 1.35.0")]
    [InlineData("dhcpcd", "dhcpcd-9.4.1:Linux-6.6.51:aarch64:BCM2711")]
    [InlineData("U-Boot", "U-Boot.armv8")]
    public void Systems_of_a_board_are_told_from_its_firmware(string who, string? vendorClass)
    {
        var message = new ClientMessage(DhcpMessageType.Discover, "e4:5f:01:09:02:f7");
        Assert.True(ClientStage.OperatingSystem == Stage(vendorClass is null ? message : message.With(60, System.Text.Encoding.ASCII.GetBytes(vendorClass))), who);
    }

    [Fact]
    public void Remembers_serial_and_model_for_the_messages_that_lack_them()
    {
        var memory = new BoardMemory();
        BoardIdentity firmware = Recognise(ClientMessage.Pi4Discover());
        memory.Complete(firmware, ClientStage.Firmware, 1, isDiscover: true);
        BoardIdentity bare = Recognise(new ClientMessage(DhcpMessageType.Request, "e4:5f:01:09:02:f7"));
        (BoardIdentity same, ClientStage stage) = memory.Complete(bare, ClientStage.OperatingSystem, 1, isDiscover: false);
        Assert.Equal(firmware, same);
        Assert.Equal(ClientStage.Firmware, stage);
        (same, stage) = memory.Complete(bare, ClientStage.OperatingSystem, 2, isDiscover: true);
        Assert.Equal(firmware, same);
        Assert.Equal(ClientStage.OperatingSystem, stage);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var memory = new BoardMemory(capacity: 8);
        for (int i = 0; i < 100; i++)
        {
            memory.Complete(Recognise(ClientMessage.Pi3RomDiscover($"b8:27:eb:00:00:{i:x2}")), ClientStage.Firmware, 1, isDiscover: true);
        }

        BoardIdentity forgotten = Recognise(new ClientMessage(DhcpMessageType.Request, "b8:27:eb:00:00:00"));
        Assert.Equal(ClientStage.OperatingSystem, memory.Complete(forgotten, ClientStage.OperatingSystem, 1, isDiscover: false).Stage);
    }

    [Fact]
    public void Prefix_file_with_a_bad_line_names_the_line()
    {
        FormatException e = Assert.Throws<FormatException>(() => RaspberryPiOuis.Parse(new StringReader("# c\nb8:27:eb 3\nb8:27:eb x\n")));
        Assert.Contains("line 3", e.Message, StringComparison.Ordinal);
    }

    private static BoardIdentity Recognise(ClientMessage message)
    {
        Assert.True(DhcpPacket.TryParse(message.Build(), out DhcpPacket packet, out _));
        return BoardRecogniser.Recognise(packet);
    }

    private static ClientStage Stage(ClientMessage message)
    {
        Assert.True(DhcpPacket.TryParse(message.Build(), out DhcpPacket packet, out _));
        return BoardRecogniser.StageOf(packet, BoardRecogniser.Recognise(packet));
    }
}
