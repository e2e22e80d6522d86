using System.Diagnostics;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Kernel;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Tests;

public sealed class KernelRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("virtual-pi-test-");
    private readonly List<StageEvent> _events = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Each_stage_is_proved_by_its_first_sign_on_the_console()
    {
        var milestones = new ConsoleMilestones();
        Assert.Empty(milestones.Read("EFI stub: Booting\nLin"));
        Assert.Empty(milestones.Read("ux vers"));
        Assert.Equal([(BootStage.Kernel, "[0.0] Linux version 6.12")], [.. milestones.Read("\n[0.0] Linux version 6.12\r\n")]);
        Assert.Empty(milestones.Read("Linux version again\n"));
        Assert.Equal([BootStage.Root], milestones.Read("Begin: Running /scripts/nfs-bottom ... done.\n").Select(m => m.Stage));
        Assert.Equal([BootStage.Up], milestones.Read("Debian GNU/Linux 13 pi ttyAMA0\n\npi login: ").Select(m => m.Stage));
        Assert.Null(milestones.Failure);
    }

    [Fact]
    public void A_quiet_kernel_is_proved_by_what_comes_after_it()
    {
        Assert.Equal(
            [BootStage.Kernel, BootStage.Root, BootStage.Up], new ConsoleMilestones().Read("\npi login: ").Select(m => m.Stage));
    }

    [Fact]
    public void A_panic_is_the_end()
    {
        var milestones = new ConsoleMilestones();
        Assert.Empty(milestones.Read("[ 1.0] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(2,0)\n"));
        Assert.Contains("unknown-block(2,0)", milestones.Failure);
    }

    [Fact]
    public void A_run_follows_the_console_of_the_emulator_and_ends_it()
    {
        bool reached = Run("echo 'Linux version 6.12' >> \"$console\"; echo 'pi login: ' >> \"$console\"; exec sleep 60", TimeSpan.FromSeconds(60), out int pid);
        Assert.True(reached);
        Assert.Equal([BootStage.Kernel, BootStage.Root, BootStage.Up], _events.Select(e => e.Stage));
        Assert.False(Directory.Exists($"/proc/{pid}"));
        string arguments = File.ReadAllText(Path.Combine(_folder.FullName, "arguments"));
        Assert.Contains("-append console=ttyAMA0,115200 root=/dev/nfs net.ifnames=0", arguments);
        Assert.Contains("mac=dc:a6:32:07:bc:c6", arguments);
        Assert.Contains("ifname=tap-pi", arguments);
        Assert.Contains("-initrd ", arguments);
    }

    [Theory]
    [InlineData("echo 'Linux version 6.12' >> \"$console\"; echo 'Kernel panic - not syncing: no root' >> \"$console\"; exec sleep 60", "guest-failed", "root")]
    [InlineData("echo 'no such tap' >&2; exit 3", "qemu-ended", "kernel")]
    [InlineData("echo 'Linux version 6.12' >> \"$console\"; exec sleep 60", "kernel-timeout", "root")]
    public void A_run_that_stands_still_names_the_stage_and_the_reason(string script, string code, string at)
    {
        Assert.False(Run(script, TimeSpan.FromSeconds(5), out int pid));
        StageEvent fault = _events[^1];
        Assert.Equal((BootStage.Fault, code, at), (fault.Stage, fault["code"], fault["at"]));
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    private bool Run(string script, TimeSpan timeout, out int pid)
    {
        string emulator = Path.Combine(_folder.FullName, "emulator");
        File.WriteAllText(emulator, $$"""
            #!/bin/sh
            echo "$*" > '{{_folder.FullName}}/arguments'
            echo $$ > '{{_folder.FullName}}/pid'
            for word; do case $word in file:*) console=${word#file:};; esac; done
            {{script}}
            """);
        using (Process chmod = Process.Start("chmod", ["+x", emulator]))
        {
            chmod.WaitForExit();
        }

        var system = new LoadedSystem
        {
            KernelName = "kernel8.img",
            Kernel = new byte[] { 1 },
            InitramfsName = "initramfs8",
            Initramfs = new byte[] { 2 },
            CommandLine = "console=serial0,115200 root=/dev/nfs",
        };
        var options = new KernelRunOptions { Tap = "tap-pi", Qemu = emulator, Timeout = timeout };
        using var run = new QemuKernelRun(options, PiIdentity.Create(PiModel.Pi4B, 0x8b07bcc6), system, Stopwatch.StartNew(), _events.Add);
        bool reached = run.Follow(CancellationToken.None);
        pid = int.Parse(File.ReadAllText(Path.Combine(_folder.FullName, "pid")));
        return reached;
    }
}
