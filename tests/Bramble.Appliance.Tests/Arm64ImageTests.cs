using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The image for Raspberry Pis, looked at file by file. Whether boards find their disks: Arm64BoardTests; the running box: Arm64BoxTests.</summary>
[Trait("kind", "vm")]
[Collection(Arm64Tests.Name)]
public sealed partial class Arm64ImageTests(Arm64Image image)
{
    [Fact]
    public void Its_binary_is_for_the_boards_and_needs_no_library_but_the_C_library_of_its_system()
    {
        string binary = Path.Combine(image.System, "usr", "bin", "bramble");
        string header = Shell.Run("readelf", "--file-header", "--dynamic", "--version-info", binary);
        Assert.Contains("AArch64", header, StringComparison.Ordinal);
        Assert.Equal(
            ["ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6"],
            Needed().Matches(header).Select(static m => m.Groups[1].Value).Order(StringComparer.Ordinal));

        // Raspberry Pi OS of Debian 12 has 2.36; what links it may be newer.
        Assert.All(Version().Matches(header), static m => Assert.True(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) <= 36, m.Value));
        Assert.Contains("_bramble()", File.ReadAllText(Path.Combine(image.System, "usr", "share", "bash-completion", "completions", "bramble")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Pi_3_finds_the_boot_partition_by_the_old_table_and_Linux_the_others_by_GPT()
    {
        byte[] table = image.Read(446, 66);
        Assert.Equal((0x0C, 2048u, 524288u), Entry(0));
        Assert.Equal((0xEE, 1u, 2047u), Entry(1));
        Assert.Equal((0, 0u, 0u), Entry(2));
        Assert.Equal([0x55, 0xAA], table[64..]);
        string gpt = Shell.Run("sfdisk", "--json", image.Disk);
        Assert.Contains("\"label\": \"gpt\"", gpt, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"bramble-boot\"", gpt, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"bramble-a\"", gpt, StringComparison.Ordinal);
        Assert.Contains("B921B045-1DF0-41C3-AF44-4C6F280D3FAE", gpt, StringComparison.Ordinal);

        (int Type, uint Start, uint Size) Entry(int number) => (
            table[(number * 16) + 4], BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan((number * 16) + 8)), BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan((number * 16) + 12)));
    }

    [Fact]
    public void The_firmware_finds_itself_kernel_initramfs_command_line_and_a_device_tree_for_each_board()
    {
        string[] config = image.BootText("config.txt").Split('\n');
        Assert.Contains("arm_64bit=1", config);
        Assert.Contains("os_prefix=bramble/a/", config);
        Assert.Contains("kernel=linux", config);
        Assert.Contains("initramfs initrd followkernel", config);
        Assert.StartsWith("root=PARTLABEL=bramble-a ro ", image.BootText("bramble/a/cmdline.txt"), StringComparison.Ordinal);
        foreach (string file in (string[])["bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "bramble/a/initrd", "bramble/a/overlays/README", "bramble/a/overlays/pi4-spidev.dtbo", "bramble/a/overlays/bcm2712d0.dtbo", "bramble.conf", "README.txt"])
        {
            Assert.NotEmpty(image.BootFile(file));
        }

        // Documentation/arch/arm64/booting.rst: "ARM\x64" at 56.
        Assert.Equal("ARM\u0064", Encoding.ASCII.GetString(image.BootFile("bramble/a/linux"), 56, 4));
        foreach (string board in (string[])["bcm2837-rpi-3-b", "bcm2837-rpi-3-b-plus", "bcm2837-rpi-3-a-plus", "bcm2711-rpi-4-b", "bcm2711-rpi-400", "bcm2711-rpi-cm4-io", "bcm2712-rpi-5-b", "bcm2712-d-rpi-5-b"])
        {
            Assert.Equal(0xD00DFEED, BinaryPrimitives.ReadUInt32BigEndian(image.BootFile($"bramble/a/{board}.dtb")));
        }
    }

    [Fact]
    public void The_kernel_drives_the_network_of_each_board_and_what_is_served()
    {
        string all = string.Join('\n', Directory.EnumerateFiles(Path.Combine(image.System, "usr", "lib", "modules"), "modules.*", SearchOption.AllDirectories)
            .Where(static f => Path.GetFileName(f) is "modules.dep" or "modules.builtin").Select(File.ReadAllText));
        // Pi 3 (lan78xx, smsc95xx), Pi 4 (genet), Pi 5 (macb). The disks are in Arm64BoardTests.
        foreach (string module in (string[])["lan78xx", "smsc95xx", "genet", "macb", "btrfs", "nfsd", "nf_tables", "bcm2835_wdt", "zram"])
        {
            Assert.Matches($"/{module.Replace("-", "[-_]", StringComparison.Ordinal)}[^/\n]*\\.ko", all);
        }
    }

    [Fact]
    public void Every_file_of_the_overlays_is_there_and_every_unit_finds_its_programs()
    {
        foreach (string overlay in (string[])["rootfs", "appliance"])
        {
            string folder = Path.Combine(Repository.Root, "overlays", overlay);
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(folder, file);
                string there = name == "etc/bramble/bramble.conf" ? "usr/share/bramble/bramble.conf" : name;
                Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(image.System, there))), $"{there} is another one");
                if (name.StartsWith("usr/lib/systemd/system/", StringComparison.Ordinal))
                {
                    foreach (string line in File.ReadLines(file).Where(static l => l.StartsWith("Exec", StringComparison.Ordinal)))
                    {
                        string program = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].TrimStart('-', '+', '!').Split(' ')[0];
                        Assert.True(program.Length == 0 || File.Exists(image.System + program) || program is "/bin/kill" or "/bin/false", $"{name}: {program} is not on the image");
                    }
                }
            }
        }

        foreach (string unit in (string[])["bramble.service", "bramble-data.service", "nftables.service", "ssh.service", "systemd-networkd.service", "bramble-boot-ok.service"])
        {
            Assert.NotEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(image.System, "etc", "systemd", "system"), unit, SearchOption.AllDirectories));
        }
    }

    [GeneratedRegex(@"\(NEEDED\)\s+Shared library: \[(?<name>.*)\]", RegexOptions.None, 1000)]
    private static partial Regex Needed();

    [GeneratedRegex(@"GLIBC_2\.(?<minor>\d+)", RegexOptions.None, 1000)]
    private static partial Regex Version();
}
