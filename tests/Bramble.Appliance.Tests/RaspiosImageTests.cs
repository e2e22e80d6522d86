using System.Diagnostics;
using System.Text.Json;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>Bramble laid over an image in the shape of Raspberry Pi OS: looked at without a board.</summary>
[Trait("kind", "vm")]
public sealed class RaspiosImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-raspios-").FullName;

    private static string Command => Path.Combine(Repository.Root, "scripts", "image");

    [Fact]
    public void With_another_image_the_command_stops_at_once_and_says_why()
    {
        var clock = Stopwatch.StartNew();
        string other = Path.Combine(_folder, "other.img");
        Shell.Run("bash", "-euc", $"truncate -s 64M {other}; printf 'label: gpt\\nsize=32MiB\\n' | sfdisk -q {other}");
        ShellResult strange = Shell.TryRun(Command, "--base", other, "--binary", Command);
        Assert.NotEqual(0, strange.ExitCode);
        Assert.Contains("Raspberry Pi OS Lite", strange.Error, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void The_overlay_and_its_packages_are_in_it_and_what_starts_it_stays()
    {
        ShellResult made = Shell.TryRun(TimeSpan.FromMinutes(40), Command, "--raw", "--base", PiSystem.Disk);
        Assert.True(made.ExitCode == 0, made.Error);
        string disk = Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble-*-raspios-arm64.img").Single();

        // The same partitions under the same names, the second one larger and whole.
        (string Id, (long Start, long Size)[] Partitions) before = TableOf(PiSystem.Disk), after = TableOf(disk);
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(before.Partitions[0], after.Partitions[0]);
        Assert.Equal(before.Partitions[1].Start, after.Partitions[1].Start);
        Assert.True(after.Partitions[1].Size > before.Partitions[1].Size);
        string root = Path.Combine(_folder, "root.ext4"), tree = Path.Combine(_folder, "tree");
        Shell.Run("dd", $"if={disk}", $"of={root}", "bs=1M", "iflag=skip_bytes", $"skip={after.Partitions[1].Start * 512}", "conv=sparse", "status=none");
        Shell.Run("e2fsck", "-fn", root);
        Directory.CreateDirectory(tree);
        Shell.Run("debugfs", "-R", $"rdump /etc {tree}", root);
        Shell.Run("debugfs", "-R", $"rdump /usr/lib/bramble {tree}", root);
        string boot = $"{disk}@@{after.Partitions[0].Start * 512}";
        Assert.Equal(File.ReadAllText(Path.Combine(PiSystem.Folder, "boot", "cmdline.txt")), Shell.Run("mtype", "-i", boot, "::cmdline.txt"));
        Assert.Contains("[server]", Shell.Run("mtype", "-i", boot, "::bramble.conf"), StringComparison.Ordinal);
        Assert.DoesNotContain("factory-reset", Shell.Run("mtype", "-i", boot, "::README.txt"), StringComparison.Ordinal);

        string binary = Path.Combine(_folder, "bramble");
        Shell.Run("debugfs", "-R", $"dump /usr/bin/bramble {binary}", root);
        Assert.Contains("AArch64", Shell.Run("readelf", "--file-header", binary), StringComparison.Ordinal);

        string status = Shell.Run("debugfs", "-R", "cat /var/lib/dpkg/status", root);
        foreach (string package in (string[])["bramble", "nfs-kernel-server", "tgt", "btrfs-progs", "nftables", "systemd-resolved", "openssh-server", "mtools"])
        {
            Assert.Matches($"(?m)^Package: {package}\nStatus: install ok installed$", status);
        }

        foreach (string unit in (string[])["bramble.service", "bramble-config.service", "bramble-address.service", "bramble-firewall.path", "bramble-media@boot.service", "nfs-server.service", "nftables.service", "systemd-networkd.service", "systemd-resolved.service"])
        {
            Assert.NotEmpty(Directory.GetFileSystemEntries(Path.Combine(tree, "etc", "systemd", "system"), unit, SearchOption.AllDirectories));
        }

        // Neither of its first start, nor left over from the making.
        Assert.Equal("/dev/null", File.ResolveLinkTarget(Path.Combine(tree, "etc/systemd/system/NetworkManager.service"), false)?.FullName);
        Assert.Equal("../run/systemd/resolve/stub-resolv.conf", new FileInfo(Path.Combine(tree, "etc/resolv.conf")).LinkTarget);
        Assert.Contains("config import /boot/firmware", File.ReadAllText(Path.Combine(tree, "etc/systemd/system/bramble-config.service.d/boot-firmware.conf")), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tree, "etc/systemd/system/local-fs.target.requires")));
        foreach (string gone in (string[])["/usr/sbin/policy-rc.d", "/bramble.deb", "/usr/lib/repart.d/40-data.conf", "/usr/lib/bramble/data", "/usr/lib/systemd/system/bramble-boot-ok.service"])
        {
            Assert.Contains("File not found", Shell.TryRun("debugfs", "-R", "stat " + gone, root).Error, StringComparison.Ordinal);
        }

        // What units and rules call is there.
        foreach (string program in Programs())
        {
            Assert.DoesNotContain("File not found", Shell.TryRun("debugfs", "-R", "stat " + program, root).Error, StringComparison.Ordinal);
        }

        IEnumerable<string> Programs()
        {
            foreach (string unit in (string[])["bramble-config", "bramble-address", "bramble-firewall", "bramble-log", "bramble-media@", "bramble"])
            {
                string text = Shell.Run("debugfs", "-R", $"cat /usr/lib/systemd/system/{unit}.service", root);
                foreach (string line in text.Split('\n').Where(static l => l.StartsWith("Exec", StringComparison.Ordinal) && l.Contains("=/", StringComparison.Ordinal)))
                {
                    string program = line[line.IndexOf('/', StringComparison.Ordinal)..].Split(' ')[0];
                    yield return program.StartsWith("/bin/", StringComparison.Ordinal) ? "/usr" + program : program;
                }
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // In sectors.
    private static (string Id, (long Start, long Size)[] Partitions) TableOf(string disk)
    {
        using var table = JsonDocument.Parse(Shell.Run("sfdisk", "--json", disk));
        JsonElement all = table.RootElement.GetProperty("partitiontable");
        return (all.GetProperty("id").GetString()!, [.. all.GetProperty("partitions").EnumerateArray().Select(static p => (p.GetProperty("start").GetInt64(), p.GetProperty("size").GetInt64()))]);
    }
}
