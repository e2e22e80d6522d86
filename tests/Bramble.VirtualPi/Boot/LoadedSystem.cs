namespace Bramble.VirtualPi.Boot;

/// <summary>What the firmware has in memory when it would start the kernel.</summary>
public sealed record LoadedSystem
{
    /// <summary>Name of the kernel file.</summary>
    public required string KernelName { get; init; }

    /// <summary>The kernel.</summary>
    public required ReadOnlyMemory<byte> Kernel { get; init; }

    /// <summary>Name of the initramfs; null when there is none.</summary>
    public string? InitramfsName { get; init; }

    /// <summary>The initramfs; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Initramfs { get; init; }

    /// <summary>The first line of cmdline.txt; empty when there is none.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The board's device tree. It describes the board, not QEMU's virt machine, so a kernel run leaves it aside.</summary>
    public ReadOnlyMemory<byte> DeviceTree { get; init; }

    /// <summary>The address that the board had.</summary>
    public string Address { get; init; } = "";

    /// <summary>The TFTP server.</summary>
    public string Server { get; init; } = "";
}
