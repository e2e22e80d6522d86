namespace Bramble.Fleet.Rollouts;

/// <summary>What a person asks for.</summary>
public sealed record RolloutOrder
{
    // Compiled JSON readers set what is left out to null: the fields put the defaults back.
    private readonly IReadOnlyList<string> _clients = [];
    private readonly IReadOnlyList<string> _stages = ["1", "all"];
    private readonly IReadOnlyList<string> _carry = ["/home"];
    private readonly int _withinSeconds = 600;

    /// <summary>The new image.</summary>
    public required string Image { get; init; }

    /// <summary>The clients by name; empty for those of <see cref="Tag"/>, or else all.</summary>
    public IReadOnlyList<string> Clients { get => _clients; init => _clients = value ?? []; }

    /// <summary>Only clients with this tag; null for whichever.</summary>
    public string? Tag { get; init; }

    /// <summary>How many clients are to have the image at the end of each stage: a number, a share such as <c>25%</c>, or <c>all</c>.</summary>
    public IReadOnlyList<string> Stages { get => _stages; init => _stages = value ?? ["1", "all"]; }

    /// <summary>Paths that are carried over from the old root to the new one.</summary>
    public IReadOnlyList<string> Carry { get => _carry; init => _carry = value ?? []; }

    /// <summary>Seconds that a client has from the beginning of its first boot until it is up.</summary>
    public int WithinSeconds { get => _withinSeconds; init => _withinSeconds = value > 0 ? value : 600; }

    /// <summary>Clients that can be reached are restarted as soon as their root is changed, and again when they get back what they had.</summary>
    public bool Now { get; init; }

    /// <summary>Seconds that a client has until it begins to boot; 0 for as long as its people like.</summary>
    public int RestartSeconds { get; init; }
}
