using System.Globalization;
using Xunit;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>Boot loaders in QEMU in the place of a board: they get their address and a file from the published binary.</summary>
[Trait("kind", "integration")]
public sealed class FirmwareClientTests(TftpLab lab) : IClassFixture<TftpLab>
{
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_load = TimeSpan.FromMinutes(3);

    [Fact]
    public void U_Boot_loads_files_in_windows_and_over_the_wrap_and_over_a_bad_cable()
    {
        lab.Put("uboot-big", 8_000_001);
        lab.Put("uboot-wrap", (66_000 * 64) + 5);
        lab.Put("uboot-small", 100_000);
        using var console = new SerialConsole("ip", [
            "netns", "exec", lab.Box.Segment.BoardNamespace, "qemu-system-aarch64", "-M", "virt", "-accel", "tcg", "-cpu", "cortex-a72", "-m", "512", "-display", "none",
            "-monitor", "none", "-serial", "stdio", "-nodefaults", "-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin", .. lab.PlugIn("virtio-net-pci,romfile=")]);
        console.Expect("Hit any key to stop autoboot", s_start);
        console.Type("\n");
        console.Expect("=> ", s_start);
        console.Type("setenv autoload no; dhcp\n");
        console.Expect("DHCP client bound to address", s_start);
        console.Expect("=> ", s_start);
        console.Type($"setenv serverip {TftpLab.Server}; setenv tftptimeout 1000; setenv tftptimeoutcountmax 100\n");

        Load(console, "uboot-big", blockSize: 1468, windowSize: 1);
        Load(console, "uboot-big", blockSize: 1468, windowSize: 16);
        Load(console, "uboot-wrap", blockSize: 64, windowSize: 16);

        lab.Link.Impair(seed: 3, loss: 5, duplication: 1, reordering: 5);
        Load(console, "uboot-small", blockSize: 1468, windowSize: 4);
        lab.Link.Mend();
    }

    [Fact]
    public void IPXE_loads_a_file()
    {
        lab.Put("ipxe-file", 4_000_001);
        using var console = new SerialConsole("ip", [
            "netns", "exec", lab.Box.Segment.BoardNamespace, "qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-nographic", "-monitor", "none", "-nodefaults",
            "-serial", "stdio", "-boot", "n", .. lab.PlugIn("virtio-net-pci")]);
        console.Expect("Ctrl-B", s_start);
        console.Type("\u0002");
        console.Expect("iPXE>", s_start);
        console.Type("dhcp\r");
        console.Expect("ok", s_load);
        console.Expect("iPXE>", s_load);
        console.Type($"imgfetch tftp://{TftpLab.Server}/{TftpLab.Serial}/ipxe-file\r");
        console.Expect("ok", s_load);
        console.Expect("iPXE>", s_load);
        console.Type("imgstat\r");
        console.Expect("ipxe-file : 4000001 bytes", s_load);
    }

    private void Load(SerialConsole console, string name, int blockSize, int windowSize)
    {
        const string address = "0x48000000";
        byte[] file = File.ReadAllBytes(lab.PathOf(name));
        console.Type($"setenv tftpblocksize {blockSize}; setenv tftpwindowsize {windowSize}; tftpboot {address} {TftpLab.Serial}/{name} && crc32 {address} ${{filesize}}\n");
        string expected = string.Create(CultureInfo.InvariantCulture, $"==> {Crc32(file):x8}");
        console.Expect($"Bytes transferred = {file.Length}", s_load);
        console.Expect(expected, s_load);
        console.Expect("=> ", s_load);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte octet in data)
        {
            crc ^= octet;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
