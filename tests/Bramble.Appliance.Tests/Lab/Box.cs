using Xunit;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>The box: a PC with UEFI in QEMU that starts from the disk by itself, and SSH into it.</summary>
internal sealed class Box : IDisposable
{
    // Generous: emulated, on a machine with other work, a start has been seen to take minutes.
    public static readonly TimeSpan Start = TimeSpan.FromMinutes(10);

    private readonly LabNetwork _network;
    private readonly BoxDisk _disk;
    private readonly string _console;
    private readonly string? _media;
    private readonly int _memory;
    private RunningProgram? _store;
    private RunningProgram? _machine;

    /// <summary>Switches it on.</summary>
    /// <param name="network">Where it is plugged in.</param>
    /// <param name="disk">What it starts from; gets an SSH key.</param>
    /// <param name="address">Where it is expected.</param>
    /// <param name="media">A further disk; null for none.</param>
    /// <param name="memory">Its memory, MiB; little, as a small Raspberry Pi has it.</param>
    public Box(LabNetwork network, BoxDisk disk, string address, string? media = null, int memory = 512)
    {
        (_network, _disk, Address, _media, _memory) = (network, disk, address, media, memory);
        _console = Path.Combine(disk.Folder, "console.log");
        if (!File.Exists(KeyFile))
        {
            Shell.Run("ssh-keygen", "-q", "-N", "", "-C", "somebody", "-t", "ed25519", "-f", KeyFile);
            disk.PutOnBootPartition("authorized_keys", $"\uFEFF# my key\r\n{File.ReadAllText(KeyFile + ".pub").Trim()}\r\n");
        }

        SwitchOn();
    }

    public string Address { get; }

    private string KeyFile => Path.Combine(_disk.Folder, "key");

    private string Console => File.Exists(_console) ? string.Join('\n', File.ReadAllText(_console).Split('\n').TakeLast(30)) : "";

    /// <summary>Starts the machine; its disk is behind a cache that loses what was not flushed when the power goes.</summary>
    public void SwitchOn()
    {
        string variables = Path.Combine(_disk.Folder, "efi-variables.fd");
        if (!File.Exists(variables))
        {
            File.Copy("/usr/share/OVMF/OVMF_VARS_4M.fd", variables);
        }

        _machine?.Dispose();
        _store?.Dispose();
        string store = Path.Combine(_disk.Folder, "nbd.sock");
        File.Delete(store);
        _store = new RunningProgram("nbdkit", ["--foreground", "--unix", store, "--filter=cache", "file", _disk.Path, "cache=writeback"]);
        Wait.Until(() => File.Exists(store), Wait.Soon, () => $"nbdkit does not start: {_store.Output}");

        // Some machines have the device and no processor for it.
        string flags = File.ReadAllText("/proc/cpuinfo");
        bool canAccelerate = File.Exists("/dev/kvm") && (flags.Contains(" vmx ", StringComparison.Ordinal) || flags.Contains(" svm ", StringComparison.Ordinal));
        File.Delete(_console);
        _machine = new RunningProgram("ip", _network.In(
            "timeout", ["3600", "qemu-system-x86_64",
            "-machine", "q35", "-accel", canAccelerate ? "kvm" : "tcg,thread=multi,tb-size=512", "-cpu", "max", "-smp", "2", "-m", $"{_memory}", "-display", "none", "-no-reboot", "-nodefaults",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd", "-drive", $"if=pflash,format=raw,unit=1,file={variables}",
            "-drive", $"file=nbd+unix:///?socket={store},format=raw,if=virtio,cache=writeback",

            // On a busy machine the emulator's timer may be late at the one moment when the kernel wants to see it, and it panics. The boot loader takes the word from here.
            "-smbios", "type=11,value=io.systemd.boot.kernel-cmdline-extra=no_timer_check",
            .. _media is null ? (string[])[] : ["-drive", $"file={_media},format=raw,if=virtio,readonly=on"],
            "-netdev", "tap,id=n0,ifname=tap-box,script=no,downscript=no", "-device", "virtio-net-pci,netdev=n0,mac=52:54:00:00:00:02,romfile=",
            "-device", "virtio-rng-pci", "-device", "i6300esb", "-serial", "file:" + _console]));
    }

    /// <summary>Takes the power away: what the machine has not flushed to its disk is lost.</summary>
    public void CutPower()
    {
        // Both are killed; what the cache had not been told to flush is gone.
        _store!.Dispose();
        _machine!.Dispose();
        (_store, _machine) = (null, null);
        CloseSsh();
    }

    /// <summary>Waits until the boot server runs, and everything else has started too.</summary>
    public void WaitUntilServing()
    {
        Wait.Until(() => IsOpen(22) || _machine!.HasExited, Start, () => $"The box does not answer on port 22. Its console:\n{Console}");
        if (_machine!.HasExited)
        {
            throw new InvalidOperationException($"QEMU has ended: {_machine.Output}\nThe console:\n{Console}");
        }

        Wait.Until(() => TrySsh("true").ExitCode == 0, Start, () => $"Nobody can log in: {TrySsh("true").Error}\nThe console:\n{Console}");
        ShellResult started = TrySsh("timeout 300 sh -c 'until systemctl -q is-active bramble nfs-server tgt; do sleep 1; done'; systemctl --no-pager status bramble nfs-server tgt; journalctl -b -u 'bramble*' -o cat --no-pager -n 60");
        Assert.True(TrySsh("systemctl -q is-active bramble nfs-server tgt").ExitCode == 0, started.Output);
    }

    /// <summary>Waits until it has shut down, or would start again.</summary>
    public void WaitUntilOff(Func<string> failure) => Wait.Until(() => _machine!.HasExited, Start, failure);

    /// <summary>Has it import what is on its further disk, as udev does when a stick is plugged in; what is there already is not imported again.</summary>
    public void ImportMedia() => Ssh("systemctl start bramble-media@vdb && bramble image list | grep -q raspios-shaped && ! mountpoint -q /run/bramble-media/vdb");

    /// <summary>Runs a command that makes it start again, and waits until it serves.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="starts">How often it is to start before it stays up.</param>
    public void Restart(string command, int starts = 1)
    {
        Ssh(command);
        CloseSsh();
        for (int start = 0; start < starts; start++)
        {
            WaitUntilOff(() => $"After '{command}' it has not shut down to start for the {start + 1}. time. Its console:\n{Console}");
            SwitchOn();
        }

        WaitUntilServing();
    }

    /// <summary>True if a connection to the port can be made.</summary>
    public bool IsOpen(int port) =>
        Shell.TryRun("ip", [.. _network.In("timeout", "3", "bash", "-c", $"</dev/tcp/{Address}/{port}")]).ExitCode == 0;

    /// <summary>Runs a command there as root; fails the test if it fails.</summary>
    public string Ssh(string command)
    {
        ShellResult result = TrySsh(command);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"On the box, '{command}' ended with {result.ExitCode}:\n{result.Output}{result.Error}");
    }

    /// <summary>Starts a command there as root, on a connection of its own.</summary>
    public RunningProgram SshInBackground(string command) =>
        new("ip", _network.In("ssh", SshWords(["-i", KeyFile], command)));

    /// <summary>Runs a command there as root.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="options">Further options of ssh; with any, a connection of its own.</param>
    public ShellResult TrySsh(string command, params string[] options)
    {
        string[] shared = options.Length > 0 ? options
            : ["-i", KeyFile, "-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-o", "ControlPath=" + Path.Combine(_disk.Folder, "ssh")];
        return Shell.TryRun(TimeSpan.FromMinutes(8), "ip", [.. _network.In("ssh", SshWords(shared, command))]);
    }

    private string[] SshWords(string[] options, string command) =>
    [
        "-n", "-F", "none", .. options, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "ConnectTimeout=60", "-o", "LogLevel=ERROR", "root@" + Address, "--", command,
    ];

    public void Dispose()
    {
        CloseSsh();
        _machine?.Dispose();
        _store?.Dispose();
    }

    // The connection that stays open is a program of its own.
    private void CloseSsh() =>
        Shell.CleanUp("ssh", "-F", "none", "-o", "ControlPath=" + Path.Combine(_disk.Folder, "ssh"), "-O", "exit", "root@" + Address);
}
