using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Status;

/// <summary>A board without a client.</summary>
public sealed record BoardStatus
{
    /// <summary>Its serial or MAC.</summary>
    public required string Board { get; init; }

    /// <summary>Its MAC.</summary>
    public required string Mac { get; init; }

    /// <summary>Its model for people; null if not known.</summary>
    public string? Model { get; init; }

    /// <summary>Its memory, MiB; null if not known.</summary>
    public int? MemoryMiB { get; init; }

    /// <summary>When it was first seen, UTC.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last seen, UTC.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Its last boot; null for none.</summary>
    public BootStatus? Boot { get; init; }

    /// <summary>Why it does not boot; null for no fault.</summary>
    public Fault? Fault { get; init; }
}
