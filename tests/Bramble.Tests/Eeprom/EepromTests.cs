using Bramble.Eeprom;
using Xunit;

namespace Bramble.Tests.Eeprom;

public sealed class EepromTests
{
    [Theory]
    [InlineData("0xf41", "SD card or eMMC|USB disk|begin anew")]
    [InlineData("0xf21", "SD card or eMMC|network|begin anew")]
    [InlineData("0xF461", "SD card or eMMC|NVMe disk|USB disk|begin anew")]
    [InlineData("0x2", "network")]
    [InlineData("f21", null)]
    [InlineData("0x", null)]
    [InlineData("0xf29", null)]
    [InlineData("0x123456712", null)]
    public void An_order_is_read_from_its_end(string value, string? meaning) =>
        Assert.Equal(meaning, BootOrder.Explain(value) is { } modes ? string.Join('|', modes) : null);

    [Theory]
    [InlineData("sd,network", "0xf21")]
    [InlineData("network,sd", "0xf12")]
    [InlineData("Network", "0xf2")]
    [InlineData("sd, nvme, usb, restart", "0xf461")]
    [InlineData("network,stop", "0xe2")]
    [InlineData("usb,rpiboot", "0x34")]
    public void An_order_is_made_from_words(string words, string value)
    {
        Assert.True(BootOrder.TryMake(words, out string made, out string mistake), mistake);
        Assert.Equal(value, made);
    }

    [Theory]
    [InlineData("", "at least one")]
    [InlineData("net", "'net' is no boot mode")]
    [InlineData("restart,network", "put it last")]
    [InlineData("sd,usb,sd,usb,sd,usb,sd,usb", "8 modes at most")]
    public void A_mistake_is_told(string words, string mistake)
    {
        Assert.False(BootOrder.TryMake(words, out _, out string told));
        Assert.Contains(mistake, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_setting_is_explained_and_what_is_none_has_its_line() => Assert.Equal(
        [
            "[all]  for every board",
            "BOOT_UART=0  no log on the serial port",
            "BOOT_ORDER=0xf12  tries network, then SD card or eMMC, then begin anew",
            "TFTP_FILE_TIMEOUT=60000  one file may take 60 s (at least 5 s): this limits its size",
            "TFTP_IP=10.0.0.9  10.0.0.9 is asked for files, whatever DHCP says: Bramble sees no request unless this is its address",
            "nonsense  line 8 is no setting: NAME=VALUE",
            "FOO=1  a setting that has nothing to do with network boot, or that is not known here",
        ],
        Explain("[all]\nBOOT_UART=0\r\n# a comment\n\nBOOT_ORDER=0xf12\nTFTP_FILE_TIMEOUT=60000\nTFTP_IP=10.0.0.9\nnonsense\nFOO=1\n"));

    [Fact]
    public void A_missing_order_is_told() => Assert.Contains("neither the network", Assert.Single(Explain("# nothing\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData(Netconsole.Default, "is sent to all, UDP port 6666; Bramble keeps it with [clients] netconsole = yes")]
    [InlineData("@169.254.1.1/eth0,@10.0.0.2/", "is sent to 10.0.0.2, UDP port 6666; Bramble keeps it")]
    [InlineData("6665@169.254.1.1/,514@10.0.0.2/", "UDP port 514; Bramble listens on port 6666 only")]
    [InlineData("", "no log over the network")]
    [InlineData("6665@169.254.1.1/,6666@", "every separator must be there")]
    [InlineData("6665@/,6666@/", "every separator must be there")]
    [InlineData("6665@169.254.1.1/6666@/", "every separator must be there")]
    [InlineData("x@169.254.1.1/,6666@/", "every separator must be there")]
    [InlineData("/6665@169.254.1.1,6666@/", "every separator must be there")]
    [InlineData("6665@169.254.1.1/,99999@/", "every separator must be there")]
    [InlineData("6665@192.168.253.65/,6666@192.168.253.1/", "32 characters at most")]
    public void A_log_over_the_network_is_explained(string value, string meaning) => Assert.Contains(meaning, Netconsole.Explain(value), StringComparison.Ordinal);

    private static IEnumerable<string> Explain(string text) => EepromSettings.Explain(text).Select(static line => line.ToString());
}
