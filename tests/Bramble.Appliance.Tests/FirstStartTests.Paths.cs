using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <content>Paths of boards, resolved by the boot server inside the sandbox that systemd makes for its unit.</content>
public sealed partial class FirstStartTests
{
    [Fact]
    public void In_its_sandbox_it_follows_links_inside_a_boot_folder_and_none_out_of_it()
    {
        Box.ImportMedia();

        // The sandbox is on: a system call filter (2), no new privileges, and the line that forbids openat2.
        Assert.Equal("yes", Box.Ssh("systemctl show --property=RestrictSUIDSGID --value bramble").Trim());
        string[] status = Box.Ssh("cat /proc/$(systemctl show --property=MainPID --value bramble)/status").Split('\n');
        Assert.Contains("Seccomp:\t2", status);
        Assert.Contains("NoNewPrivs:\t1", status);

        Box.Ssh("bramble client add paths --board 3c4d5e6f");
        const string Boot = "/srv/bramble/clients/paths/current/boot";
        Wait.Until(
            () => Box.TrySsh($"test -e {Boot}/start4.elf").ExitCode == 0,
            TimeSpan.FromMinutes(5),
            () => Box.Ssh("bramble client show paths"));
        Box.Ssh($"cd {Boot} && mkdir -p moved && mv start4.elf moved/real.elf && ln -s moved/../moved/real.elf start4.elf");
        ShellResult inside = LoadFiles();
        Assert.True(inside.ExitCode == 0, $"{inside.Output}{inside.Error}\n{Box.Ssh("bramble status")}");

        // Readable by everyone, but not the board's.
        Box.Ssh($"ln -sfn /etc/hostname {Boot}/start4.elf");
        Assert.NotEqual(0, LoadFiles().ExitCode);
        Box.Ssh("bramble client remove paths");
    }

    private ShellResult LoadFiles() => Shell.TryRun(TimeSpan.FromMinutes(10), "ip", [.. first.Network.In(
        Repository.VirtualPi, "--model", "4b", "--serial", "3c4d5e6f", "--interface", "pi1", "--timeout", "200", "--file-timeout", "100",
        "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt")]);
}
