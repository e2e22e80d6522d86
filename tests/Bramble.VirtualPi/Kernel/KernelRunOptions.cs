using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Kernel;

/// <summary>How the loaded kernel is run.</summary>
public sealed record KernelRunOptions
{
    /// <summary>An existing tap device on the same segment; the guest's card gets the board's MAC.</summary>
    public required string Tap { get; init; }

    /// <summary>The emulator.</summary>
    public string Qemu { get; init; } = "qemu-system-aarch64";

    /// <summary>Guest memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 1024;

    /// <summary>Guest processors.</summary>
    public int Processors { get; init; } = 2;

    /// <summary>The processor model; a Pi 4's by default.</summary>
    public string Cpu { get; init; } = "cortex-a72";

    /// <summary>File for the serial console; null for one in the temporary folder.</summary>
    public string? ConsoleFile { get; init; }

    /// <summary>
    /// Words put after the served command line. QEMU's virt machine has its console at ttyAMA0 and one network card;
    /// the last console= is the one that user space speaks on.
    /// </summary>
    public string AppendExtra { get; init; } = "net.ifnames=0 mitigations=off panic=-1 loglevel=6 console=ttyAMA0";

    /// <summary>The stage that ends the run: Kernel, Root or Up.</summary>
    public BootStage Until { get; init; } = BootStage.Up;

    /// <summary>Limit for the kernel's part of the boot.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Time between the last stage and the end of QEMU, for the guest to write out what it has.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>True to leave QEMU running.</summary>
    public bool Keep { get; init; }
}
