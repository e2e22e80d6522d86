using System.Text.Json;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The box and the two Pis that scripts/demo leaves running.</summary>
[Trait("kind", "vm")]
public sealed class DemoTests(Demo demo) : IClassFixture<Demo>
{
    private const string Host = "192.168.77.9";
    private const string Files = "/srv/bramble/clients/peer/states/1/boot";
    private const string OtherFiles = "/srv/bramble/clients/pi-8a1b2c3d/states/1/root";

    [Fact]
    public void It_shows_every_stage_of_both_boots_and_what_the_Pis_wrote()
    {
        double nfs = 0, iscsi = 0;
        foreach (string stage in (string[])["discover", "offered", "bound", "firmware", "loaded", "kernel", "root", "up"])
        {
            (double nextNfs, double nextIscsi) = demo.Stage(stage);
            Assert.True(nextNfs >= nfs && nextIscsi >= iscsi, demo.Output);
            (nfs, iscsi) = (nextNfs, nextIscsi);
        }

        Assert.Equal(2, demo.Output.Split("read back on the server:").Length - 1);
        Assert.Contains("both Raspberry Pis run from Bramble, and the server has what they wrote", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Pis_have_the_kinds_of_root_that_they_should_have_and_run_nothing_for_SD_cards()
    {
        Assert.Matches(@" root_type=nfs4? ", Demo.Proof("pi1"));
        Assert.Contains(" hostname=pi-8a1b2c3d ", Demo.Proof("pi1"), StringComparison.Ordinal);
        Assert.Contains(" root_type=ext4 ", Demo.Proof("pi2"), StringComparison.Ordinal);
        Assert.Contains(" hostname=workshop ", Demo.Proof("pi2"), StringComparison.Ordinal);
        Assert.Contains(" unwanted= ", Demo.Proof("pi1"), StringComparison.Ordinal);
        Assert.Contains(" unwanted= ", Demo.Proof("pi2"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_takes_less_memory_than_its_budget()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"bramble serve, resident at most: {demo.Box.PeakMemory()} kB");
        Assert.InRange(demo.Box.PeakMemory(), 1, BoxShell.MemoryBudget);
    }

    [Fact]
    public void A_root_is_open_to_its_client_alone()
    {
        demo.Box.Ssh($"bramble client add peer --board 0badcafe --root iscsi --address {Host}");
        demo.Box.Ssh("timeout 120 sh -c 'until [ -e /srv/bramble/clients/peer/current ]; do sleep 0.5; done'");

        // As the boot server does when the client's board gets its address.
        demo.Box.Ssh($"busctl call org.bramble.Storage1 /org/bramble/Storage1 org.bramble.Storage1 PublishRoot ss peer {Host}");
        string state = demo.Box.Ssh("cat /srv/bramble/clients/peer/current/state.json");
        string name = Value("initiatorName"), secret = Value("chapSecret");

        // iSCSI: not with a wrong secret, another name or address; and the targets are listed to nobody.
        Assert.True(HasDisk(demo.Try, name, secret), "The client does not get its disk.");
        Assert.False(HasDisk(demo.Try, name, "wrongwrongwrong1"), "A wrong secret gets the disk.");
        Assert.False(HasDisk(demo.Try, name + ".x", secret), "Another initiator gets the disk.");
        Assert.False(HasDisk(demo.TryAsStranger, name, secret), "Another address gets the disk.");
        Assert.DoesNotContain(
            "org.bramble:peer", demo.Try("iscsi-ls", "-i", name, $"iscsi://{demo.Box.Address}/").Output, StringComparison.Ordinal);
        foreach (int version in (int[])[3, 4])
        {
            Assert.True(HasFiles(demo.Try, Files, version), $"The client does not get its files by NFSv{version}.");
            Assert.False(HasFiles(demo.TryAsStranger, Files, version), $"Another address gets the files by NFSv{version}.");
            Assert.False(HasFiles(demo.Try, OtherFiles, version), $"Another client's root is open by NFSv{version}.");
        }

        Assert.True(HasDisk(demo.Try, name, secret), "Now the client does not get its disk.");
        Assert.DoesNotContain(secret, demo.Box.Ssh("journalctl -b --no-pager"), StringComparison.Ordinal);
        const string asBramble = "setpriv --reuid bramble --regid bramble --clear-groups ";
        Assert.Equal("bramble\n", demo.Box.Ssh(asBramble + "id -un"));
        Assert.NotEqual(0, demo.Box.TrySsh(asBramble + "cat /srv/bramble/clients/peer/current/state.json").ExitCode);
        demo.Box.Ssh("bramble client remove peer");

        string Value(string key) => JsonDocument.Parse(state).RootElement.GetProperty(key).GetString()!;
    }

    [Fact]
    public void The_timer_takes_the_nightly_snapshots()
    {
        demo.Box.Ssh("systemctl is-active -q bramble-snapshot.timer && systemctl start bramble-snapshot.service");
        Assert.Contains(" schedule ", demo.Box.Ssh("bramble snapshot list pi-8a1b2c3d"), StringComparison.Ordinal);
        Assert.Contains(" schedule ", demo.Box.Ssh("bramble snapshot list workshop"), StringComparison.Ordinal);
        Assert.NotEqual("", demo.Box.Ssh("systemctl show -P NextElapseUSecRealtime bramble-snapshot.timer").Trim());
    }

    [Fact]
    public void Systemd_restarts_a_server_whose_TFTP_loop_stalls_and_it_knows_its_clients()
    {
        // Stops the one thread, as a debugger does: PTRACE_SEIZE, PTRACE_INTERRUPT.
        const string stall = """
            my $pid = shift; for my $task (glob "/proc/$pid/task/*") {
            open my $comm, "<", "$task/comm" or next; next unless <$comm> eq "bramble-tftp\n"; $task =~ /(\d+)$/;
            syscall(101, 0x4206, $1 + 0, 0, 0) == 0 or die "PTRACE_SEIZE: $!\n";
            syscall(101, 0x4207, $1 + 0, 0, 0) == 0 or die "PTRACE_INTERRUPT: $!\n";
            sleep 90; exit } die "no thread bramble-tftp\n"
            """;
        string pid = demo.Box.Ssh("systemctl show -P MainPID bramble").Trim();
        using RunningProgram staller = demo.Box.SshInBackground($"exec perl -e '{stall}' {pid}");
        Wait.Until(
            () => demo.Box.Ssh("systemctl show -P MainPID bramble").Trim() is var now && now != pid && now != "0"
                && demo.Box.TrySsh("systemctl is-active -q bramble").ExitCode == 0,
            TimeSpan.FromSeconds(90), () => $"systemd does not restart it. {staller.Output}");
        Assert.NotEqual("", demo.Box.Ssh("journalctl -b -u bramble -g atchdog -o cat -n 1 --no-pager").Trim());
        Assert.Contains("2 up", demo.Box.Ssh("bramble status"), StringComparison.Ordinal);
    }

    private bool HasDisk(Func<string, string[], ShellResult> run, string initiator, string secret)
    {
        string disk = $"iscsi://peer%{secret}@{demo.Box.Address}/iqn.2026-01.org.bramble:peer/1";
        ShellResult result = run("iscsi-test-cu", ["-i", initiator, "-t", "SCSI.Inquiry.Standard", disk]);
        return result.ExitCode == 0 && (result.Output + result.Error).Contains("Standard ...passed", StringComparison.Ordinal);
    }

    private bool HasFiles(Func<string, string[], ShellResult> run, string path, int version)
    {
        ShellResult result = run("nfs-ls", [$"nfs://{demo.Box.Address}{path}?version={version}"]);
        return result.ExitCode == 0 && result.Output.Trim().Length > 0;
    }
}
