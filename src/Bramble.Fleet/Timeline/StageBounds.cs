namespace Bramble.Fleet.Timeline;

/// <summary>How long a boot may stand at a stage before it counts as stuck.</summary>
/// <remarks>Timers of the firmware: docs/reference/pi-network-boot.md, "Exchange" and "Settings".</remarks>
public sealed record StageBounds
{
    /// <summary>After the first DISCOVER.</summary>
    public TimeSpan Discover { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After the first offer: a Pi 4 asks again after 8 and 24 s.</summary>
    public TimeSpan Offered { get; init; } = TimeSpan.FromSeconds(26);

    /// <summary>After the address is bound, without a TFTP request.</summary>
    public TimeSpan Bound { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After the last TFTP step: the firmware gives a file 30 s and waits 5 s before it tries again.</summary>
    public TimeSpan Firmware { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>From the kernel to the root.</summary>
    public TimeSpan Kernel { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>From the root to a system that is up.</summary>
    public TimeSpan Root { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>After this time without a sign a boot that is not up counts as over.</summary>
    public TimeSpan Silent { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A client that is up and tells so every ten seconds counts as silent when it was not heard for so long.</summary>
    public TimeSpan Unheard { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True if the boot stands longer than it should.</summary>
    internal bool IsStuck(Boot boot, DateTimeOffset now) => boot.Stage switch
    {
        BootStage.Discover => now - boot.StageTime > Discover,
        BootStage.Offered => now - boot.StageTime > Offered,
        BootStage.Bound => now - boot.StageTime > Bound,
        BootStage.Firmware => boot.Current is null && now - boot.LastEvent > Firmware,
        BootStage.Kernel => now - boot.StageTime > Kernel,
        BootStage.Root => now - boot.StageTime > Root,
        _ => false,
    };
}
