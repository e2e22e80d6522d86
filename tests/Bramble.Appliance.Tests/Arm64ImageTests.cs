using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The image for Raspberry Pis, looked at without one; its binary is a stand-in, so that it can be made on any machine.</summary>
[Trait("kind", "vm")]
public sealed class Arm64ImageTests(Arm64Image image) : IClassFixture<Arm64Image>
{
    [Fact]
    public void Without_a_binary_for_it_the_command_stops_at_once_and_says_what_to_do()
    {
        var clock = Stopwatch.StartNew();
        ShellResult result = Shell.TryRun(Path.Combine(Repository.Root, "scripts", "image"), "--arch", "arm64");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("--binary", result.Error, StringComparison.Ordinal);
        Assert.Contains("scripts/publish", result.Error, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"It took {clock.Elapsed}.");
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
        foreach (string file in (string[])["bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "bramble/a/initrd", "bramble/a/overlays/README", "bramble/a/overlays/pi4-spidev.dtbo", "bramble.conf", "README.txt"])
        {
            Assert.NotEmpty(image.BootFile(file));
        }

        // Documentation/arch/arm64/booting.rst: "ARM\x64" at 56.
        Assert.Equal("ARM\u0064", Encoding.ASCII.GetString(image.BootFile("bramble/a/linux"), 56, 4));
        foreach (string board in (string[])["bcm2837-rpi-3-b", "bcm2837-rpi-3-b-plus", "bcm2837-rpi-3-a-plus", "bcm2711-rpi-4-b", "bcm2711-rpi-400", "bcm2712-rpi-5-b"])
        {
            Assert.Equal(0xD00DFEED, BinaryPrimitives.ReadUInt32BigEndian(image.BootFile($"bramble/a/{board}.dtb")));
        }
    }

    [Fact]
    public void The_kernel_drives_the_network_and_the_disks_of_each_board()
    {
        string all = string.Join('\n', Directory.EnumerateFiles(Path.Combine(image.System, "usr", "lib", "modules"), "modules.*", SearchOption.AllDirectories)
            .Where(static f => Path.GetFileName(f) is "modules.dep" or "modules.builtin").Select(File.ReadAllText));
        // Pi 3 (lan78xx, smsc95xx behind dwc2), Pi 4 (genet), Pi 5 (macb in rp1); cards; what is served.
        foreach (string module in (string[])["lan78xx", "smsc95xx", "dwc2", "genet", "macb", "rp1", "sdhci-iproc", "sdhci-brcmstb", "bcm2835", "pcie-brcmstb", "btrfs", "nfsd", "squashfs", "nf_tables", "bcm2835_wdt", "zram"])
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

    [Fact]
    public void Its_kernel_boots_to_the_login_prompt()
    {
        foreach (string file in (string[])["linux", "initrd"])
        {
            File.WriteAllBytes(Path.Combine(image.Folder, file), image.BootFile("bramble/a/" + file));
        }

        string console = Path.Combine(image.Folder, "console");
        using var machine = new RunningProgram("timeout",
        [
            "1800", "qemu-system-aarch64", "-M", "virt", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024", "-display", "none", "-no-reboot", "-nodefaults",
            "-kernel", Path.Combine(image.Folder, "linux"), "-initrd", Path.Combine(image.Folder, "initrd"), "-append", image.BootText("bramble/a/cmdline.txt").Trim() + " console=ttyAMA0",
            "-drive", $"file={image.Disk},format=raw,if=virtio,cache=unsafe", "-nic", "user,restrict=on,model=virtio-net-pci", "-device", "virtio-rng-pci", "-serial", "file:" + console,
        ]);
        Wait.Until(
            () => machine.HasExited || (File.Exists(console) && File.ReadAllText(console).Contains("bramble login:", StringComparison.Ordinal)), TimeSpan.FromMinutes(15),
            () => $"It does not come to the login prompt. Its console:\n{File.ReadAllText(console)}");
        Assert.False(machine.HasExited, machine.Output + (File.Exists(console) ? File.ReadAllText(console) : ""));
    }
}
