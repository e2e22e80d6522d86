using System.Globalization;
using Xunit;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>The box: a PC with UEFI in QEMU that starts from its disk, and SSH into it.</summary>
internal sealed class Box : BoxShell, IDisposable
{
    // Generous: emulated, on a machine with other work, a start has been seen to take a quarter of an hour.
    public static readonly TimeSpan Start = TimeSpan.FromMinutes(25);

    private readonly LabNetwork _network;
    private readonly BoxDisk _disk;
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
        : this(network, disk, address, media, memory, incoming: null)
    {
    }

    private Box(LabNetwork network, BoxDisk disk, string address, string? media, int memory, string? incoming)
        : base(network.Name, address, disk.Folder)
    {
        (_network, _disk, _media, _memory) = (network, disk, media, memory);
        if (!File.Exists(KeyFile))
        {
            Shell.Run("ssh-keygen", "-q", "-N", "", "-C", "somebody", "-t", "ed25519", "-f", KeyFile);
            disk.PutOnBootPartition("authorized_keys", $"\uFEFF# my key\r\n{File.ReadAllText(KeyFile + ".pub").Trim()}\r\n");
        }

        SwitchOn(incoming);
    }

    private string ConsoleFile => Path.Combine(_disk.Folder, "console.log");

    private string Monitor => Path.Combine(_disk.Folder, "monitor");

    private string Console => File.Exists(ConsoleFile) ? string.Join('\n', File.ReadAllText(ConsoleFile).Split('\n').TakeLast(30)) : "";

    /// <summary>A box that goes on where a saved one was.</summary>
    /// <param name="network">Where it is plugged in.</param>
    /// <param name="disk">A copy of the saved box's disk.</param>
    /// <param name="saved">The saved box.</param>
    public static Box Restore(LabNetwork network, BoxDisk disk, SavedBox saved)
    {
        var box = new Box(network, disk, "192.168.77.1", saved.Media, saved.Memory, saved.State);
        try
        {
            using var qmp = new Qmp(box.Monitor);
            Wait.Until(
                () => qmp.Run("query-status").GetProperty("status").GetString() != "inmigrate", Wait.Soon,
                () => "The saved box is not restored.");
            qmp.Run("cont");
            return box;
        }
        catch
        {
            box.Dispose();
            throw;
        }
    }

    /// <summary>Stops it and writes the state of the machine to a file; the disk is then what belongs to it.</summary>
    /// <param name="file">The file.</param>
    public void Save(string file)
    {
        CloseSsh();
        using (var qmp = new Qmp(Monitor))
        {
            qmp.Run("stop");
            qmp.Run("migrate-set-parameters", $$"""{"max-bandwidth":{{1L << 34}}}""");
            qmp.Run("migrate", $$"""{"uri":"file:{{file}}"}""");
            Wait.Until(
                () => qmp.Run("query-migrate").GetProperty("status").GetString() switch
                {
                    "completed" => true,
                    "failed" => throw new InvalidOperationException("QEMU cannot save the box."),
                    _ => false,
                },
                TimeSpan.FromMinutes(3), () => "QEMU does not save the box.");
            qmp.Run("quit");
        }

        Wait.Until(() => _machine!.HasExited, Wait.Soon, () => "QEMU does not end.");
        Dispose();
    }

    /// <summary>Starts the machine; its disk is behind a cache that loses what was not flushed when the power goes.</summary>
    public void SwitchOn() => SwitchOn(incoming: null);

    private void SwitchOn(string? incoming)
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
        File.Delete(Monitor);
        File.Delete(ConsoleFile);
        _store = new RunningProgram("nbdkit", ["--foreground", "--unix", store, "--filter=cache", "file", _disk.Path, "cache=writeback"]);
        Wait.Until(() => File.Exists(store), Wait.Soon, () => $"nbdkit does not start: {_store.Output}");

        // Some machines have the device and no processor for it.
        string[] flags = File.ReadAllText("/proc/cpuinfo").Split(' ');
        bool canAccelerate = File.Exists("/dev/kvm") && (flags.Contains("vmx") || flags.Contains("svm"));
        string[] state = incoming is null ? [] : ["-incoming", "file:" + incoming];
        string[] media = _media is null ? [] : ["-drive", $"file={_media},format=raw,if=virtio,readonly=on"];
        _machine = new RunningProgram("ip", _network.In(
            "timeout", ["14400", "qemu-system-x86_64",
            "-machine", "q35", "-accel", canAccelerate ? "kvm" : "tcg,thread=multi,tb-size=512", "-cpu", "max", "-smp", "2",
            "-m", _memory.ToString(CultureInfo.InvariantCulture), "-display", "none", "-no-reboot", "-nodefaults",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
            "-drive", $"if=pflash,format=raw,unit=1,file={variables}",
            "-drive", $"file=nbd+unix:///?socket={store},format=raw,if=virtio,cache=writeback",

            // For emulators only. On a busy machine the timer may be late when the kernel checks it, and the kernel panics. Mitigations cost
            // time, and there is no processor to mislead.
            "-smbios", "type=11,value=io.systemd.boot.kernel-cmdline-extra=no_timer_check mitigations=off",
            .. media, .. state,
            "-netdev", "tap,id=n0,ifname=tap-box,script=no,downscript=no",
            "-device", "virtio-net-pci,netdev=n0,mac=52:54:00:00:00:02,romfile=", "-device", "virtio-rng-pci", "-device", "i6300esb",
            "-serial", "file:" + ConsoleFile, "-qmp", $"unix:{Monitor},server=on,wait=off"]));
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

        Wait.Until(() => TrySsh("true").ExitCode == 0, Start, () => $"SSH does not work: {TrySsh("true").Error}\nThe console:\n{Console}");
        ShellResult started = TrySsh("timeout 300 sh -c 'until systemctl -q is-active bramble nfs-server tgt; do sleep 1; done'");
        if (started.ExitCode != 0)
        {
            Assert.Fail(TrySsh("systemctl --no-pager status bramble nfs-server tgt; journalctl -b -u 'bramble*' -o cat --no-pager -n 60").Output);
        }
    }

    /// <summary>Waits until it has shut down, or would start again.</summary>
    public void WaitUntilOff(Func<string> failure)
    {
        Wait.Until(() => _machine!.HasExited, Start, failure);
        CloseSsh();
    }

    /// <summary>The last lines of its serial console.</summary>
    public string LastOfConsole() => Console;

    /// <summary>Has it import what is on its further disk, as udev does when a stick is plugged in.</summary>
    public void ImportMedia() =>
        Ssh("systemctl start bramble-media@vdb && bramble image list | grep -q raspios-shaped && ! mountpoint -q /run/bramble-media/vdb");

    /// <summary>Runs a command that makes it start again, and waits until it serves.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="starts">How often it starts before it stays up.</param>
    public void Restart(string command, int starts = 1)
    {
        Ssh(command);
        for (int start = 0; start < starts; start++)
        {
            WaitUntilOff(() => $"After '{command}' it has not shut down for start {start + 1}. Its console:\n{Console}");
            SwitchOn();
        }

        WaitUntilServing();
    }

    public void Dispose()
    {
        CloseSsh();
        _machine?.Dispose();
        _store?.Dispose();
        (_store, _machine) = (null, null);
    }
}
