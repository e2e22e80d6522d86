using System.Text.Json.Serialization;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Roots;

/// <summary>
/// One state of a client's root as it is kept in <c>state.json</c>, readable by root alone: it holds the CHAP secret. A state is what the next boot
/// gets, what a running client still uses, or a snapshot.
/// </summary>
internal sealed record StateRecord
{
    // Compiled JSON readers set what a file leaves out to null: the fields put the defaults back.
    private readonly IReadOnlyList<EditStep> _edits = [];

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

    /// <summary>Where a root on another server is; may hold a secret.</summary>
    public string? External { get; init; }

    /// <summary>Digest of the personal files that the root holds; see <c>Personality.Digest</c>.</summary>
    public string? Personality { get; init; }

    /// <summary>Version of NFS that the root is mounted with: <c>3</c> or <c>4.1</c>; null for a root that is not on NFS here, and in records of old.</summary>
    public string? NfsVersion { get; init; }

    /// <summary>The words behind <c>nfsroot=SERVER:PATH,</c>; null with <see cref="NfsVersion"/>.</summary>
    public string? NfsOptions { get; init; }

    /// <summary>Name of the script that is behind the initramfs, in the file or when it is sent; null for none.</summary>
    public string? BootScript { get; init; }

    /// <summary>Every change that was made to the root for this client: what was there before the first one, and what is there now.</summary>
    public IReadOnlyList<EditStep> Edits { get => _edits; init => _edits = value ?? []; }

    /// <summary>What it consists of.</summary>
    [JsonIgnore]
    public string[] Parts => Kind switch
    {
        RootKind.Nfs => [Layout.Boot, Layout.Root],
        RootKind.Iscsi => [Layout.Boot, Layout.Disk],
        _ => [Layout.Boot],
    };

    /// <summary>It holds a root that is the client's alone, and not the boot files only.</summary>
    [JsonIgnore]
    public bool HasRoot => Kind is RootKind.Nfs or RootKind.Iscsi;

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{Kind} root from {Image}";
}
