using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Fleet.Story;

/// <summary>The last boot of a client or board in plain words. The JSON form is stable: fields are added, never changed.</summary>
public sealed record BootStory
{
    /// <summary>Version of the form.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The client's name, or the board's serial or MAC where it has no client.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands, in one sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>Which board, which image, which root: one sentence each.</summary>
    public required IReadOnlyList<string> About { get; init; }

    /// <summary>The boot, step by step.</summary>
    public required IReadOnlyList<StoryLine> Lines { get; init; }

    /// <summary>Why it does not boot; null for no fault.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Likely causes, this case's first, then those that are always possible.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What to do, in this order.</summary>
    public IReadOnlyList<string> Fixes { get; init; } = [];

    /// <summary>Faults of the network and of the server at the same time.</summary>
    public IReadOnlyList<Fault> Around { get; init; } = [];

    /// <summary>The boot itself; null if there was none.</summary>
    public BootStatus? Boot { get; init; }

    /// <summary>Its files, in the order of their first request.</summary>
    public IReadOnlyList<BootFileStatus> Files { get; init; } = [];

    /// <summary>What its bootloader logged, oldest first; empty unless its setting NETCONSOLE and [clients] netconsole have it sent and heard.</summary>
    public IReadOnlyList<BootLogStatus> Log { get; init; } = [];
}
