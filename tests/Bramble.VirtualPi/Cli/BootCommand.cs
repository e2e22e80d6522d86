using System.CommandLine;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Kernel;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Cli;

/// <summary><c>virtual-pi --model 4b --serial … --interface …</c>: one boot, its stages as JSON lines on standard output.</summary>
internal sealed class BootCommand
{
    private readonly Option<string> _model = new("--model") { Description = "3b, 3b+, 4b or 5", Required = true };
    private readonly Option<string?> _eeprom = new("--eeprom") { Description = "release date of the EEPROM, 2021-11-22; the newest known by default" };
    private readonly Option<string> _serial = new("--serial") { Description = "low 32 bits of the serial, eight hex digits", Required = true };
    private readonly Option<string?> _mac = new("--mac") { Description = "Ethernet address; made from the serial by default" };
    private readonly Option<string?> _revision = new("--revision") { Description = "board revision code in hex, d03114" };
    private readonly Option<string> _interface = new("--interface") { Description = "network interface; needs no address (one end of a veth pair)", Required = true };
    private readonly Option<string?> _bootFiles = new("--boot-files") { Description = "folder with the files that must come, octet for octet" };
    private readonly Option<string[]> _expect = new("--expect") { Description = "NAME=FILE: compare this file with another one; NAME alone: do not compare it" };
    private readonly Option<string?> _save = new("--save") { Description = "folder to keep the files that came" };
    private readonly Option<double> _timeout = new("--timeout") { Description = "limit for loading, in seconds", DefaultValueFactory = _ => 300 };
    private readonly Option<double?> _fileTimeout = new("--file-timeout") { Description = "the board's TFTP_FILE_TIMEOUT in seconds; 30 by default, as theirs is" };
    private readonly Option<int> _attempts = new("--attempts") { Description = "network boots before a fault is final", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _linkDelay = new("--link-delay") { Description = "seconds until the link is up" };
    private readonly Option<string?> _tftpServer = new("--tftp-ip") { Description = "the EEPROM setting TFTP_IP: the server that is asked for files whatever DHCP says" };
    private readonly Option<int> _seed = new("--seed") { Description = "seed of all chance" };
    private readonly Option<double> _loss = new("--loss") { Description = "frames lost, in percent" };
    private readonly Option<double> _dup = new("--dup") { Description = "frames doubled, in percent" };
    private readonly Option<double> _reorder = new("--reorder") { Description = "frames reordered, in percent" };
    private readonly Option<int> _mtu = new("--mtu") { Description = "longest IP packet that gets through", DefaultValueFactory = _ => 1500 };
    private readonly Option<bool> _netconsole = new("--netconsole") { Description = "the bootloader logs over the network" };
    private readonly Option<string> _romBugs = new("--rom-bugs") { Description = "on, off, or all (also the 3B's that come at random): the defects of the boot ROM", DefaultValueFactory = _ => "on" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "the stages for people on standard error" };
    private readonly Option<bool> _runKernel = new("--run-kernel") { Description = "run the loaded kernel in QEMU" };
    private readonly Option<string?> _tap = new("--tap") { Description = "existing tap device on the same segment, for --run-kernel" };
    private readonly Option<int> _memory = new("--memory") { Description = "guest memory in MiB", DefaultValueFactory = _ => 1024 };
    private readonly Option<int> _smp = new("--smp") { Description = "guest processors", DefaultValueFactory = _ => 2 };
    private readonly Option<string?> _console = new("--console") { Description = "file for the guest's serial console" };
    private readonly Option<string> _qemu = new("--qemu") { Description = "the emulator", DefaultValueFactory = _ => "qemu-system-aarch64" };
    private readonly Option<string?> _appendExtra = new("--append-extra") { Description = "words after the served command line" };
    private readonly Option<string> _until = new("--until") { Description = "kernel, root or up", DefaultValueFactory = _ => "up" };
    private readonly Option<double> _kernelTimeout = new("--kernel-timeout") { Description = "limit for the kernel's part, in seconds", DefaultValueFactory = _ => 300 };
    private readonly Option<double> _linger = new("--linger") { Description = "seconds from the last stage to the end of QEMU" };
    private readonly Option<bool> _keep = new("--keep") { Description = "leave QEMU running" };

    /// <summary>Puts the options on a command and gives it its action.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [_model, _eeprom, _serial, _mac, _revision, _interface, _bootFiles, _expect, _save, _timeout, _fileTimeout, _attempts, _linkDelay, _tftpServer, _seed,
             _loss, _dup, _reorder, _mtu, _netconsole, _romBugs, _verbose, _runKernel, _tap, _memory, _smp, _console, _qemu, _appendExtra, _until,
             _kernelTimeout, _linger, _keep])
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        VirtualPiOptions options;
        try
        {
            options = ReadOptions(parsed);
        }
        catch (FormatException mistake)
        {
            await Console.Error.WriteLineAsync($"virtual-pi: {mistake.Message}");
            return 2;
        }

        try
        {
            VirtualPiResult result = await VirtualPiBoot.RunAsync(options, new StageWriter(parsed.GetValue(_verbose)), cancellation);
            if (result.QemuPid != 0)
            {
                await Console.Error.WriteLineAsync($"virtual-pi: QEMU goes on as process {result.QemuPid}");
            }

            return result.Succeeded ? 0 : 1;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            await Console.Error.WriteLineAsync($"virtual-pi: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private VirtualPiOptions ReadOptions(ParseResult parsed)
    {
        PiModel model = CliValues.Model("--model", parsed.GetRequiredValue(_model));
        RomBugs? bugs = CliValues.Bugs("--rom-bugs", parsed.GetRequiredValue(_romBugs), model);
        DateOnly? eeprom = parsed.GetValue(_eeprom) is { } date ? CliValues.Date("--eeprom", date) : null;
        MacAddress? mac = parsed.GetValue(_mac) is { } text
            ? MacAddress.TryParse(text, out MacAddress parsedMac) ? parsedMac : throw new FormatException($"--mac '{text}' is no MAC such as dc:a6:32:01:02:03.")
            : null;
        Ipv4Address tftpServer = default;
        if (parsed.GetValue(_tftpServer) is { } server && !Ipv4Address.TryParse(server, out tftpServer))
        {
            throw new FormatException($"--tftp-ip '{server}' is no IPv4 address.");
        }

        uint? revision = parsed.GetValue(_revision) is { } code ? CliValues.Hex("--revision", code) : null;
        PiProfile profile = PiProfile.Create(model, eeprom, bugs);
        return new VirtualPiOptions
        {
            Profile = parsed.GetValue(_fileTimeout) is { } seconds ? profile with { FileTimeout = TimeSpan.FromSeconds(seconds) } : profile,
            Identity = PiIdentity.Create(model, CliValues.Hex("--serial", parsed.GetRequiredValue(_serial)), mac, revision),
            Interface = parsed.GetRequiredValue(_interface),
            Expected = parsed.GetValue(_bootFiles) is { } folder ? CliValues.Folder(folder, parsed.GetValue(_expect) ?? []) : null,
            SaveFolder = parsed.GetValue(_save),
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout)),
            Attempts = parsed.GetValue(_attempts),
            LinkDelay = TimeSpan.FromSeconds(parsed.GetValue(_linkDelay)),
            TftpServer = tftpServer,
            Seed = parsed.GetValue(_seed),
            LossPercent = parsed.GetValue(_loss),
            DuplicationPercent = parsed.GetValue(_dup),
            ReorderingPercent = parsed.GetValue(_reorder),
            Mtu = parsed.GetValue(_mtu),
            Netconsole = parsed.GetValue(_netconsole),
            KernelRun = parsed.GetValue(_runKernel) ? ReadKernelRun(parsed) : null,
        };
    }

    private KernelRunOptions ReadKernelRun(ParseResult parsed)
    {
        var options = new KernelRunOptions
        {
            Tap = parsed.GetValue(_tap) ?? throw new FormatException("--run-kernel needs --tap, a tap device on the same segment."),
            Qemu = parsed.GetRequiredValue(_qemu),
            MemoryMiB = parsed.GetValue(_memory),
            Processors = parsed.GetValue(_smp),
            ConsoleFile = parsed.GetValue(_console),
            Until = parsed.GetRequiredValue(_until) switch
            {
                "kernel" => BootStage.Kernel,
                "root" => BootStage.Root,
                "up" => BootStage.Up,
                var other => throw new FormatException($"--until '{other}' is none of kernel, root, up."),
            },
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(_kernelTimeout)),
            Linger = TimeSpan.FromSeconds(parsed.GetValue(_linger)),
            Keep = parsed.GetValue(_keep),
        };
        return parsed.GetValue(_appendExtra) is { } extra ? options with { AppendExtra = extra } : options;
    }
}
