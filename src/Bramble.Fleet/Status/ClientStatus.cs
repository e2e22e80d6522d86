using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Status;

/// <summary>A client at one moment.</summary>
public sealed record ClientStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>up</c>, <c>booting</c>, <c>stuck</c>, <c>idle</c>, or <c>silent</c>: it was up, goes on telling so, and was not heard for a minute.</summary>
    public required string State { get; init; }

    /// <summary>Its board's serial or MAC; null for none.</summary>
    public string? Board { get; init; }

    /// <summary>Its board's MAC; null if it was never seen.</summary>
    public string? Mac { get; init; }

    /// <summary>Its board's model for people, such as <c>4 Model B</c>; null if not known.</summary>
    public string? Model { get; init; }

    /// <summary>Its board's memory, MiB; null if not known.</summary>
    public int? MemoryMiB { get; init; }

    /// <summary>Its IPv4 address: the one of its last boot, else its fixed one; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>Its host name.</summary>
    public required string HostName { get; init; }

    /// <summary>Its image; null if it has none yet.</summary>
    public string? Image { get; init; }

    /// <summary><c>nfs</c>, <c>iscsi</c>, <c>overlay</c> or <c>external</c>.</summary>
    public required string Root { get; init; }

    /// <summary>Version of NFS that its root is mounted with: <c>3</c> or <c>4.1</c>; null for a root that is not on NFS here, or not made yet.</summary>
    public string? Nfs { get; init; }

    /// <summary><c>none</c>, <c>preparing</c>, <c>ready</c> or <c>failed</c>.</summary>
    public required string RootState { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its last boot; null for none.</summary>
    public BootStatus? Boot { get; init; }

    /// <summary>Why it does not boot; null for no fault.</summary>
    public Fault? Fault { get; init; }
}
