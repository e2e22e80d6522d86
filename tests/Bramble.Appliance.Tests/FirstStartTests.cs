using System.Globalization;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

[Trait("kind", "vm")]
public sealed partial class FirstStartTests(RunningBox first) : IClassFixture<RunningBox>
{
    private Box Box => first.Box;

    [Fact]
    public void The_data_partition_is_made_and_fills_the_disk()
    {
        string[] labels = [.. Box.Ssh("lsblk -n -o PARTLABEL /dev/vda").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        Assert.Equal(["bramble-boot", "bramble-a", "bramble-b", "bramble-data"], labels);
        Assert.Equal("btrfs", Box.Ssh("findmnt -n -o FSTYPE /srv").Trim());
        long size = long.Parse(Box.Ssh("df -B1 --output=size /srv | tail -n 1").Trim(), CultureInfo.InvariantCulture);
        Assert.InRange(size, 10 * BoxDisk.Gibibyte, 12 * BoxDisk.Gibibyte);
    }

    [Fact]
    public void It_gives_itself_an_address_and_serves_where_nobody_gives_one() =>
        Assert.Contains("192.168.77.1, DHCP server", Box.Ssh("bramble status"), StringComparison.Ordinal);

    [Fact]
    public void It_is_found_by_name() =>
        Assert.Equal("192.168.77.1", MulticastName.Resolve(first.Network.Name, "bramble.local")?.ToString());

    [Fact]
    public void Only_keys_from_the_boot_partition_open_it()
    {
        string other = Path.Combine(first.Disk.Folder, "other");
        Shell.Run("ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", other);
        ShellResult result = Box.TrySsh("true", "-i", other);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Permission denied (publickey)", result.Error, StringComparison.Ordinal);
        Assert.Equal("", Box.Ssh("grep -v '^[^:]*:[*!]' /etc/shadow || true"));
    }

    [Fact]
    public void A_login_shows_the_status_of_the_box_and_it_has_its_manual()
    {
        string told = Box.Ssh("bash -lic 'sudo bramble upgrade' 2>/dev/null");
        Assert.Contains("192.168.77.1, DHCP server", told, StringComparison.Ordinal);
        Assert.Contains("runs from system", told, StringComparison.Ordinal);
        Assert.Equal("", Box.Ssh("cat /etc/motd"));
        Assert.Contains("bramble status", Box.Ssh("man bramble-status | cat"), StringComparison.Ordinal);
        Box.Ssh("test -s /usr/share/bash-completion/completions/bramble");
    }

    [Fact]
    public void The_system_is_read_only_and_the_log_in_memory()
    {
        Assert.NotEqual(0, Box.TrySsh("touch /usr/x /etc/x").ExitCode);
        Assert.Equal("squashfs", Box.Ssh("findmnt -n -o FSTYPE /").Trim());
        Assert.Equal("", Box.Ssh("ls -A /var/log/journal 2>/dev/null || true").Trim());
        Assert.Contains("/run/log/journal", Box.Ssh("journalctl --header | grep 'File path'"), StringComparison.Ordinal);
        Assert.Contains("zram0", Box.Ssh("cat /proc/swaps"), StringComparison.Ordinal);
        Assert.Equal("active", Box.Ssh("cat /sys/class/watchdog/watchdog0/state").Trim());
    }

    [Fact]
    public void Nothing_has_failed_and_the_services_are_closed_in()
    {
        Assert.Equal("", Box.Ssh("systemctl --failed --no-legend --plain").Trim());
        Box.Ssh("systemd-analyze security --no-pager --threshold=15 bramble.service >/dev/null");
        Box.Ssh("systemd-analyze security --no-pager --threshold=40 bramble-storaged.service >/dev/null");
    }

    [Fact]
    public void The_firewall_lets_in_what_is_served_and_drops_the_rest()
    {
        Assert.True(Box.IsOpen(2049));
        Assert.True(Box.IsOpen(3260));
        Assert.Equal(0, Box.TrySsh("timeout 60 sh -c 'until ss -ltn | grep -q \":80 \"; do sleep 0.2; done'").ExitCode);
        Assert.True(Box.IsOpen(80));
        Box.Ssh("systemd-run -q --unit=open-port --property=Type=exec perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Listen => 1, LocalPort => 9999)->accept'");
        Assert.Equal(0, Box.TrySsh("timeout 20 sh -c 'until ss -ltn | grep -q :9999; do sleep 0.2; done'").ExitCode);
        Assert.False(Box.IsOpen(9999));
    }

    [Fact]
    public void On_an_interface_that_is_not_served_it_lets_in_nobody_but_its_maintainer()
    {
        Box.Ssh("""
            ip netns add other
            ip link add eother type veth peer name e0 netns other
            ip -n other link set e0 up
            ip link set eother up
            timeout 60 sh -c 'until ip -6 address show dev eother scope link -tentative | grep -q fe80; do sleep 0.5; done'
            """);
        try
        {
            string address = Box.Ssh("ip -6 -o address show dev eother scope link | sed -E 's|.* (fe80[^/]*)/.*|\\1|'").Trim();
            Wait.Until(() => IsOpenThere(22), TimeSpan.FromMinutes(1), () => $"SSH does not answer at {address}:\n{Box.Ssh("nft list ruleset; ip address; ip netns exec other ip address")}");
            foreach (int port in (int[])[80, 111, 2049, 3260])
            {
                Assert.False(IsOpenThere(port), $"Port {port} is open there.");
            }

            bool IsOpenThere(int port) => Box.TrySsh($"ip netns exec other timeout 5 bash -c '</dev/tcp/{address}%e0/{port}'").ExitCode == 0;
        }
        finally
        {
            Box.Ssh("ip link delete eother; ip netns delete other");
        }
    }

    [Fact]
    public void It_gives_the_time_and_tells_clients_so()
    {
        // RFC 5905 section 7.3: 48 octets of version 4 and mode 3 (client); the answer is of mode 4, and its stratum is at most 10, that of a server without the internet.
        string answer = first.Network.Run("timeout", "60", "bash", "-c", """exec 3<>/dev/udp/192.168.77.1/123; printf "\x23$(printf '\\0%.0s' {1..47})" >&3; head -c 2 <&3 | od -An -tu1""");
        int[] octets = [.. answer.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static octet => int.Parse(octet, CultureInfo.InvariantCulture))];
        Assert.Equal(4, octets[0] & 7);
        Assert.InRange(octets[1], 1, 10);

        string script = Path.Combine(first.Disk.Folder, "told");
        File.WriteAllText(script, "#!/bin/sh\n[ \"$1\" != bound ] || echo \"time from $ntpsrv\"\n");
        Shell.Run("chmod", "755", script);
        Assert.Contains("time from 192.168.77.1", first.Network.Run("timeout", "60", "busybox", "udhcpc", "-i", "br0", "-n", "-q", "-f", "-O", "ntpsrv", "-s", script), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_on_the_boot_partition_are_taken_over_and_mistakes_are_named_beside_them()
    {
        Box.Ssh("printf '\\357\\273\\277[dhcp]\\r\\nlease-time = 7h\\r\\n' >/boot/bramble.conf && systemctl restart bramble-config");
        Assert.Contains("lease-time = 7h\n", Box.Ssh("cat /etc/bramble/bramble.conf"), StringComparison.Ordinal);
        Box.Ssh("printf '[dhcp]\\r\\nlease-tim = 8h\\r\\n' >/boot/bramble.conf && systemctl restart bramble-config bramble");
        Assert.Contains("lease-time = 7h\n", Box.Ssh("cat /etc/bramble/bramble.conf"), StringComparison.Ordinal);
        Assert.Contains("bramble.conf:2:", Box.Ssh("cat /boot/bramble-errors.txt"), StringComparison.Ordinal);
        Assert.Contains("BR504", Box.Ssh("bramble status --json"), StringComparison.Ordinal);
        Box.Ssh("rm /boot/bramble.conf && systemctl restart bramble-config bramble");
        Assert.NotEqual(0, Box.TrySsh("test -e /boot/bramble-errors.txt").ExitCode);
        Assert.Contains("lease-time = 7h\n", Box.Ssh("cat /etc/bramble/bramble.conf"), StringComparison.Ordinal);
        Assert.DoesNotContain("BR504", Box.Ssh("bramble status --json"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Pi_boots_from_it_over_NFS_4_1()
    {
        // By the script that is sent behind the initramfs, as its own program knows v3 only.
        Box.Ssh("bramble client add library --board 8a1b2c3d --nfs 4.1");
        string console = Path.Combine(first.Disk.Folder, "pi1.console");
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(21), "ip", [.. first.Network.In(
            Repository.VirtualPi, "--model", "4b", "--serial", "8a1b2c3d", "--interface", "pi1", "--run-kernel", "--tap", "tap-pi1", "--until", "up", "--linger", "12",
            "--timeout", "600", "--file-timeout", "300", "--kernel-timeout", "600",
            "--console", console, "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt", "--expect", "initramfs8")]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("root_type=nfs4 ", File.ReadAllText(console), StringComparison.Ordinal);
        string[] mounted = Box.Ssh("grep -hE '^(name|minor version):' /proc/fs/nfsd/clients/*/info").Split('\n');
        Assert.Contains(mounted, static line => line.StartsWith("name: ", StringComparison.Ordinal) && line.Contains("library", StringComparison.Ordinal));
        Assert.Contains("minor version: 1", mounted);
    }

    [Fact]
    public void Ten_Pis_boot_at_once_from_a_box_with_512_MB()
    {
        Box.Ssh("test $(awk '/^MemTotal/ { print $2 }' /proc/meminfo) -lt 524288");

        // This is about memory: the time that an emulated box needs for a file means nothing.
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(15), "ip", [.. first.Network.In(
            Repository.VirtualPi, "storm", "--boards", "4x3b+,6x4b", "--interface", "pi1", "--serial", "20000001", "--rom-bugs", "on", "--timeout", "800", "--file-timeout", "800", "--summary",
            "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt")]);
        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}\n{Box.Ssh("free -m; bramble status; dmesg | grep -i 'out of memory' || true")}");
        Assert.NotEqual(0, Box.TrySsh("dmesg | grep -qi 'out of memory'").ExitCode);
        TestContext.Current.TestOutputHelper!.WriteLine(result.Output + Box.Ssh("free -m; cat /proc/swaps"));
    }
}
