using Bramble.Appliance.Tests.Lab;

namespace Bramble.Appliance.Tests;

/// <summary>
/// The box of the image for Raspberry Pis in QEMU's "virt" machine with the processor of a Pi 4: kernel, initramfs and command line as the
/// firmware would take them from the boot partition, and SSH into it.
/// </summary>
internal sealed class Arm64Box : IDisposable
{
    public const string Mac = "52:54:00:00:00:03";

    // Generous: emulated, on a machine with other work.
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(20);

    private readonly LabNetwork _network;
    private readonly Arm64Image _image;
    private readonly string _disk;
    private readonly string _console;
    private readonly string _stick;
    private RunningProgram? _machine;

    /// <summary>Puts a key on the boot partition and switches the box on.</summary>
    /// <param name="network">Where it is plugged in.</param>
    /// <param name="image">What it starts from.</param>
    /// <param name="stick">What is on the USB stick that is plugged into it.</param>
    public Arm64Box(LabNetwork network, Arm64Image image, string stick)
    {
        (_network, _image, _stick) = (network, image, stick);
        _console = Path.Combine(image.Folder, "console");
        _disk = image.Flash("box.img");
        Shell.Run("ssh-keygen", "-q", "-N", "", "-C", "somebody", "-t", "ed25519", "-f", KeyFile);

        // As a person does on a PC.
        Shell.Run("mcopy", "-i", $"{_disk}@@1M", KeyFile + ".pub", "::authorized_keys");
    }

    /// <summary>Where it is expected.</summary>
    public string Address { get; set; } = "192.168.77.1";

    public string Console => File.Exists(_console) ? File.ReadAllText(_console) : "";

    private string KeyFile => Path.Combine(_image.Folder, "key");

    /// <summary>Switches it on.</summary>
    public void SwitchOn()
    {
        _machine?.Dispose();
        File.Delete(_console);
        _machine = new RunningProgram("ip", _network.In(
            "timeout", ["7200", "qemu-system-aarch64",
            "-M", "virt", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024",
            "-display", "none", "-no-reboot", "-nodefaults",
            "-kernel", _image.CopyOf("linux"), "-initrd", _image.CopyOf("initrd"),
            "-append", _image.BootText("bramble/a/cmdline.txt").Trim() + " console=ttyAMA0",
            "-drive", $"file={_disk},format=raw,if=virtio,cache=unsafe",
            "-drive", $"file={_stick},format=raw,if=none,id=stick,readonly=on",
            "-device", "qemu-xhci", "-device", "usb-storage,drive=stick,removable=on",
            "-netdev", "tap,id=n0,ifname=tap-box,script=no,downscript=no", "-device", $"virtio-net-pci,netdev=n0,mac={Mac},romfile=",
            "-device", "virtio-rng-pci", "-serial", "file:" + _console]));
    }

    /// <summary>Waits for the prompt at which a person would log in.</summary>
    public void WaitForLoginPrompt() =>
        WaitWhileRunning(() => Console.Contains("bramble login:", StringComparison.Ordinal), "It does not come to the login prompt.");

    /// <summary>Waits until a command there, which is given again and again, succeeds.</summary>
    public void WaitFor(string command) => WaitWhileRunning(() => TrySsh(command).ExitCode == 0, $"'{command}' does not succeed.");

    /// <summary>Has it shut down, and takes the power away.</summary>
    public void SwitchOff()
    {
        TrySsh("systemctl poweroff");
        Wait.Until(() => _machine!.HasExited, s_start, () => $"It does not shut down. Its console:\n{Tail()}");
    }

    /// <summary>Runs a command there as root; fails the test if it fails.</summary>
    public string Ssh(string command)
    {
        ShellResult result = TrySsh(command);
        return result.ExitCode == 0 ? result.Output
            : throw new InvalidOperationException($"On the box, '{command}' ended with {result.ExitCode}:\n{result.Output}{result.Error}");
    }

    /// <summary>Runs a command there as root.</summary>
    public ShellResult TrySsh(string command) => Shell.TryRun(TimeSpan.FromMinutes(15), "ip",
    [
        .. _network.In("ssh",
        [
            "-n", "-F", "none", "-i", KeyFile, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=60", "-o", "LogLevel=ERROR", "root@" + Address, "--", command,
        ]),
    ]);

    public void Dispose() => _machine?.Dispose();

    private void WaitWhileRunning(Func<bool> isSo, string failure)
    {
        Wait.Until(() => _machine!.HasExited || isSo(), s_start, () => $"{failure} Its console:\n{Tail()}");
        if (_machine!.HasExited)
        {
            throw new InvalidOperationException($"QEMU has ended: {_machine.Output}\nThe console:\n{Tail()}");
        }
    }

    private string Tail() => string.Join('\n', Console.Split('\n').TakeLast(40));
}
