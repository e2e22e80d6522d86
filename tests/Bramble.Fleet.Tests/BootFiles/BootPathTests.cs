using Bramble.Fleet.BootFiles;

namespace Bramble.Fleet.Tests.BootFiles;

public class BootPathTests
{
    [Theory]
    [InlineData("91cdf03d/start4.elf", "91cdf03d", null, "start4.elf")]
    [InlineData("91CDF03D/start4.elf", "91cdf03d", null, "start4.elf")]
    [InlineData("91cdf03d/overlays/x.dtbo", "91cdf03d", null, "overlays/x.dtbo")]
    [InlineData("dc-a6-32-01-36-c2/start4.elf", null, "dc:a6:32:01:36:c2", "start4.elf")]
    [InlineData("DC-A6-32-01-36-C2/start4.elf", null, "dc:a6:32:01:36:c2", "start4.elf")]
    [InlineData("dc:a6:32:01:36:c2/start4.elf", null, null, "dc:a6:32:01:36:c2/start4.elf")]
    [InlineData("bootcode.bin", null, null, "bootcode.bin")]
    [InlineData("91cdf03d", null, null, "91cdf03d")]
    [InlineData("91cdf03d/", "91cdf03d", null, "")]
    [InlineData("1000000091cdf03d/start4.elf", null, null, "1000000091cdf03d/start4.elf")]
    [InlineData("lab/start4.elf", null, null, "lab/start4.elf")]
    [InlineData("", null, null, "")]
    public void A_prefix_is_taken_off(string path, string? serial, string? mac, string rest)
    {
        var parsed = BootPath.Parse(path);
        Assert.Equal(serial, parsed.Serial?.ToString());
        Assert.Equal(mac, parsed.Mac?.ToString());
        Assert.Equal(rest, parsed.Rest);
    }
}
