namespace Bramble.Storage.Contract;

/// <summary>What an archive says of itself, in <c>bramble-archive.json</c>.</summary>
public sealed record ArchiveInfo
{
    /// <summary>Form of the archive.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What it holds.</summary>
    public required ArchiveKind Kind { get; init; }

    /// <summary>The name that the client or image had.</summary>
    public required string Name { get; init; }

    /// <summary>The image of a client's root; null for an image.</summary>
    public string? Image { get; init; }

    /// <summary>The kind of a client's root.</summary>
    public RootKind Root { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Made { get; init; }
}
