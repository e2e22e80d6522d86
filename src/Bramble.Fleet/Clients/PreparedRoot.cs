using Bramble.Storage.Contract;

namespace Bramble.Fleet.Clients;

/// <summary>A root that storage made, and what it was asked for: as long as the wish is the same, the root needs no new preparation.</summary>
internal sealed record PreparedRoot
{
    public int Version { get; init; } = 1;

    public required RootRequest Request { get; init; }

    public required ClientRoot Root { get; init; }
}
