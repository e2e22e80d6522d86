using Bramble.Storage.Contract;

namespace Bramble.Fleet.Clients;

/// <summary>A root that storage made, and what it was asked for: as long as the wish is the same, the root needs no new preparation.</summary>
internal sealed record PreparedRoot
{
    private readonly int _version = 1;

    public int Version { get => _version; init => _version = Math.Max(1, value); }

    public required RootRequest Request { get; init; }

    public required ClientRoot Root { get; init; }
}
