using System.Diagnostics;
using System.Text;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Kernel;

/// <summary>
/// Runs what the firmware loaded in <c>qemu-system-aarch64 -M virt</c> on the same segment, so that a real kernel takes
/// its root from the server. The device tree that was loaded describes a Raspberry Pi; QEMU's virt machine makes its
/// own, so the loaded one is checked as a file and left aside here.
/// </summary>
internal sealed class QemuKernelRun : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private readonly KernelRunOptions _options;
    private readonly Stopwatch _clock;
    private readonly Action<StageEvent> _events;
    private readonly string _folder;
    private readonly string _console;
    private readonly Process _qemu;
    private readonly StringBuilder _errors = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public QemuKernelRun(KernelRunOptions options, PiIdentity identity, LoadedSystem system, Stopwatch clock, Action<StageEvent> events)
    {
        _options = options;
        _clock = clock;
        _events = events;
        _folder = Directory.CreateTempSubdirectory("virtual-pi-").FullName;
        _console = Path.GetFullPath(options.ConsoleFile ?? Path.Combine(_folder, "console.log"));
        File.WriteAllBytes(_console, []);
        var start = new ProcessStartInfo(options.Qemu) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string word in Arguments(identity, system))
        {
            start.ArgumentList.Add(word);
        }

        _qemu = Process.Start(start) ?? throw new InvalidOperationException($"{options.Qemu} did not start.");
        _qemu.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _qemu.OutputDataReceived += (_, _) => { };
        _qemu.BeginErrorReadLine();
        _qemu.BeginOutputReadLine();
        _qemu.StandardInput.Close();
    }

    /// <summary>Process id of a QEMU that is left running; 0 when it is ended with this run.</summary>
    public int KeptPid { get; private set; }

    /// <summary>Follows the console until the wanted stage; false after a fault.</summary>
    public bool Follow(CancellationToken cancellation)
    {
        var milestones = new ConsoleMilestones();
        TimeSpan end = _clock.Elapsed + _options.Timeout;
        using var console = new FileStream(_console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            bool exited = _qemu.HasExited;
            foreach ((BootStage stage, string line) in milestones.Read(ReadNew(console)))
            {
                Report(stage, ("line", line), ("pid", _qemu.Id));
            }

            if (milestones.Reached >= _options.Until)
            {
                return Finish(cancellation);
            }

            if (milestones.Failure is { } failure)
            {
                return Fault(milestones.Reached + 1, "guest-failed", failure);
            }

            if (exited)
            {
                return Fault(milestones.Reached + 1, "qemu-ended", $"QEMU ended with code {_qemu.ExitCode}: {Errors()} {milestones.LastLine}");
            }

            if (_clock.Elapsed >= end)
            {
                return Fault(milestones.Reached + 1, "kernel-timeout",
                    $"not there after {_options.Timeout.TotalSeconds:0} s; last line of the console: {milestones.LastLine}");
            }

            cancellation.WaitHandle.WaitOne(s_look);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (KeptPid == 0 && !_qemu.HasExited)
        {
            _qemu.Kill();
            _qemu.WaitForExit();
        }

        // A QEMU that goes on has its kernel in memory; only its console may still be written here.
        if (KeptPid == 0 || _options.ConsoleFile is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        _qemu.Dispose();
    }

    private bool Finish(CancellationToken cancellation)
    {
        if (_options.Keep)
        {
            KeptPid = _qemu.Id;
            return true;
        }

        cancellation.WaitHandle.WaitOne(_options.Linger);
        return true;
    }

    private bool Fault(BootStage at, string code, string reason)
    {
        Report(BootStage.Fault, ("at", at.ToString().ToLowerInvariant()), ("code", code), ("reason", reason.Trim()));
        return false;
    }

    private void Report(BootStage stage, params (string Name, object Value)[] fields) =>
        _events(new StageEvent(_clock.Elapsed, stage, Array.ConvertAll(fields, f => new KeyValuePair<string, object>(f.Name, f.Value))));

    private string ReadNew(FileStream console)
    {
        byte[] octets = new byte[65536];
        int count = console.Read(octets);
        char[] text = new char[count + 4];
        return new string(text, 0, _decoder.GetChars(octets.AsSpan(0, count), text, flush: false));
    }

    private string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString().Trim();
        }
    }

    private List<string> Arguments(PiIdentity identity, LoadedSystem system)
    {
        // The firmware itself turns serial0 into the name of the board's first UART.
        string commandLine = $"{system.CommandLine.Replace("console=serial0,", "console=ttyAMA0,", StringComparison.Ordinal)} {_options.AppendExtra}".Trim();
        List<string> words =
        [
            "-M", "virt", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", _options.Cpu, "-smp", $"{_options.Processors}",
            "-m", $"{_options.MemoryMiB}", "-display", "none", "-no-reboot", "-nodefaults",
            "-kernel", WriteFile("kernel", system.Kernel), "-append", commandLine,
            "-netdev", $"tap,id=n0,ifname={_options.Tap},script=no,downscript=no",
            "-device", $"virtio-net-pci,netdev=n0,mac={identity.Mac},romfile=", "-device", "virtio-rng-pci",
            "-serial", $"file:{_console}",
        ];
        if (system.InitramfsName is not null)
        {
            words.AddRange(["-initrd", WriteFile("initramfs", system.Initramfs)]);
        }

        return words;
    }

    private string WriteFile(string name, ReadOnlyMemory<byte> content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content.Span);
        return path;
    }
}
