namespace Bramble.Fleet.Timeline;

/// <summary>When each stage was reached, UTC; null for one that was not reached or not seen.</summary>
internal sealed record StageTimes
{
    public DateTimeOffset? Discover { get; init; }

    public DateTimeOffset? Offered { get; init; }

    public DateTimeOffset? Bound { get; init; }

    public DateTimeOffset? Firmware { get; init; }

    public DateTimeOffset? Kernel { get; init; }

    public DateTimeOffset? Root { get; init; }

    public DateTimeOffset? Up { get; init; }

    public DateTimeOffset? At(BootStage stage) => stage switch
    {
        BootStage.Discover => Discover,
        BootStage.Offered => Offered,
        BootStage.Bound => Bound,
        BootStage.Firmware => Firmware,
        BootStage.Kernel => Kernel,
        BootStage.Root => Root,
        _ => Up,
    };

    public StageTimes With(BootStage stage, DateTimeOffset time) => stage switch
    {
        BootStage.Discover => this with { Discover = time },
        BootStage.Offered => this with { Offered = time },
        BootStage.Bound => this with { Bound = time },
        BootStage.Firmware => this with { Firmware = time },
        BootStage.Kernel => this with { Kernel = time },
        BootStage.Root => this with { Root = time },
        _ => this with { Up = time },
    };
}
