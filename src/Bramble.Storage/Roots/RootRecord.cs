using Bramble.Storage.Contract;

namespace Bramble.Storage.Roots;

/// <summary>A client's root as it is kept in <c>root.json</c>, readable by root alone: it holds the CHAP secret.</summary>
internal sealed record RootRecord
{
    /// <summary>Form of this record.</summary>
    public int Version { get; init; } = 1;

    public required string Image { get; init; }

    public required RootKind Kind { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string BootMountPoint { get; init; }

    public string? TargetName { get; init; }

    public string? InitiatorName { get; init; }

    public string? ChapUser { get; init; }

    public string? ChapSecret { get; init; }

    public string? FilesystemUuid { get; init; }

    /// <summary>Digest of the personal files that the root holds; see <c>Personality.Digest</c>.</summary>
    public string? Personality { get; init; }

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{Kind} root from {Image}";
}
