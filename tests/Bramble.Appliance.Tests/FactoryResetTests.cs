using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

[Trait("kind", "vm")]
public sealed class FactoryResetTests
{
    [Fact]
    public void A_file_on_the_boot_partition_makes_it_forget_everything_and_the_button_puts_it_there_and_a_router_makes_it_a_proxy()
    {
        using var network = new LabNetwork();
        using var disk = new BoxDisk();
        using var router = new RunningProgram("ip", network.In(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=br0", "--bind-interfaces", "--dhcp-range=192.168.77.50,192.168.77.60,1h",
            "--dhcp-host=52:54:00:00:00:02,192.168.77.55", $"--dhcp-leasefile={Path.Combine(disk.Folder, "leases")}", "--log-facility=-", "--pid-file="));
        string old = Path.Combine(disk.Folder, "old");
        Shell.Run("bash", "-euc", $"mkdir -p {old}.d/var/lib/bramble {old}.d/etc/bramble; echo remember >{old}.d/var/lib/bramble/remember; truncate -s 1G {old}; mkfs.btrfs -q --rootdir {old}.d {old} >/dev/null");
        disk.MakeDataPartition(old);
        disk.PutOnBootPartition("factory-reset", "");
        disk.RemoveFromBootPartition("bramble.conf");
        using var box = new Box(network, disk, "192.168.77.55", disk.MakeMedia());
        box.WaitUntilServing();
        Assert.True(box.Ssh("findmnt -n -o FSTYPE /srv").Trim() == "btrfs", box.Ssh("journalctl -b -u bramble-data -o cat --no-pager; cat /run/bramble-data/*; lsblk -o NAME,SIZE,FSTYPE,PARTLABEL; dmesg | tail -n 30"));
        Assert.NotEqual(0, box.TrySsh("test -e /var/lib/bramble/remember").ExitCode);
        Assert.NotEqual(0, box.TrySsh("test -e /boot/factory-reset").ExitCode);

        // Without settings on the boot partition it has those by default.
        Assert.Equal("", box.Ssh("diff /etc/bramble/bramble.conf /usr/share/bramble/bramble.conf"));
        Assert.NotEqual(0, box.TrySsh("test -e /boot/bramble-errors.txt").ExitCode);
        Wait.Until(
            () => box.Ssh("bramble status").Contains("192.168.77.55, beside another DHCP server", StringComparison.Ordinal), TimeSpan.FromMinutes(3),
            () => $"It is no proxy:\n{box.Ssh("bramble status")}\n{router.Output}");
        box.ImportMedia();
        ShellResult boot = Shell.TryRun(TimeSpan.FromMinutes(10), "ip", [.. network.In(
            Repository.VirtualPi, "--model", "3b+", "--serial", "8a1b2c3d", "--interface", "pi1", "--timeout", "500", "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt")]);
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\n{box.Ssh("bramble status")}\n{router.Output}");
        Assert.Matches(@"192\.168\.77\.5\d", boot.Output);

        // By the button too: held beyond the countdown, and let go.
        ShellResult held = box.TrySsh("(printf h; sleep 26; printf h; sleep 3) | TERM=xterm script -qec 'bramble panel' /dev/null");
        box.WaitUntilOff(() => $"The button did not reset it:\n{held.Output}{held.Error}\n{box.TrySsh("journalctl -b -u 'bramble*' -o cat --no-pager -n 20").Output}");
        Assert.NotNull(disk.ReadFromBootPartition("factory-reset"));
    }
}
