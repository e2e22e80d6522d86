using System.Text.Json.Serialization;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Roots;

/// <summary>
/// One state of a client's root as it is kept in <c>state.json</c>, readable by root alone: it holds the CHAP secret. A state is what the next boot
/// gets, what a running client still uses, or a snapshot.
/// </summary>
internal sealed record StateRecord
{
    /// <summary>Form of this record.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Its number, which is its folder's name. States are numbered in the order in which they were made, from 1.</summary>
    [JsonIgnore]
    public int Number { get; init; }

    public required string Image { get; init; }

    public required RootKind Kind { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string BootMountPoint { get; init; }

    /// <summary>Number of the state that this one was cloned from; 0 if it was made from the image.</summary>
    public int From { get; init; }

    /// <summary>Its name among the client's snapshots; null for a state that is or was current and was not kept yet.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The time that the snapshot holds.</summary>
    public DateTimeOffset? Taken { get; init; }

    /// <summary>Why it is kept as a snapshot.</summary>
    public SnapshotCause Cause { get; init; }

    public string? TargetName { get; init; }

    public string? InitiatorName { get; init; }

    public string? ChapUser { get; init; }

    public string? ChapSecret { get; init; }

    public string? FilesystemUuid { get; init; }

    /// <summary>Digest of the personal files that the root holds; see <c>Personality.Digest</c>.</summary>
    public string? Personality { get; init; }

    /// <summary>What it consists of.</summary>
    [JsonIgnore]
    public string[] Parts => Kind == RootKind.Nfs ? [Layout.Boot, Layout.Root] : [Layout.Boot, Layout.Disk];

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{Kind} root from {Image}";
}
