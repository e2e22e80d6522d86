using System.Text.Json.Serialization;

namespace Bramble.Storage.Contract;

/// <summary>A client's root as it stands on disk, with all that its boot files must say.</summary>
public sealed record ClientRoot
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>The image that it was made from.</summary>
    public required string Image { get; init; }

    /// <summary>The kind of root.</summary>
    public required RootKind Kind { get; init; }

    /// <summary>Number of the state of the root that this is; a rollback or reset makes a new one.</summary>
    public int State { get; init; }

    /// <summary>Absolute path of the symbolic link that leads to the state that the next boot gets; null if there is none, and this state is the only one.</summary>
    public string? CurrentLink { get; init; }

    /// <summary>Absolute path of the folder that the firmware's files are served from.</summary>
    public required string BootFolder { get; init; }

    /// <summary>Absolute path of the exported root tree, which for an overlay is the image's; null for iSCSI and roots elsewhere.</summary>
    public string? RootFolder { get; init; }

    /// <summary>Version of NFS that the root is mounted with: <c>3</c> or <c>4.1</c>; null for a root that is not on NFS here.</summary>
    public string? NfsVersion { get; init; }

    /// <summary>The words behind <c>nfsroot=SERVER:PATH,</c>; null where <see cref="NfsVersion"/> is.</summary>
    public string? NfsOptions { get; init; }

    /// <summary>Name of the boot script of initramfs-tools that is behind the client's initramfs, for <c>boot=</c>; null for none. See <see cref="InitramfsFile.ArchiveBehind"/>.</summary>
    public string? BootScript { get; init; }

    /// <summary>Where a root on another server is, see <see cref="ExternalRoot"/>; null for the others. Never logged: it may hold a secret.</summary>
    public string? External { get; init; }

    /// <summary>iSCSI qualified name of the target; null for NFS.</summary>
    public string? TargetName { get; init; }

    /// <summary>iSCSI qualified name that the client must use, also with another server; null for NFS.</summary>
    public string? InitiatorName { get; init; }

    /// <summary>CHAP user name; null for NFS.</summary>
    public string? ChapUser { get; init; }

    /// <summary>CHAP secret, 12–16 characters of [a-z0-9]; null for NFS. Never logged.</summary>
    public string? ChapSecret { get; init; }

    /// <summary>UUID of the root filesystem on the iSCSI disk; null for NFS.</summary>
    public string? FilesystemUuid { get; init; }

    /// <summary>Whether the next boot still gets this state: looked up on the disk, which a rollback or a removal changes without a word.</summary>
    [JsonIgnore]
    public bool IsCurrent => CurrentLink is null || (new FileInfo(CurrentLink).LinkTarget is { } target && BootFolder == $"{Path.GetDirectoryName(CurrentLink)}/{target}/boot");

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{Kind} root of {Client} from {Image}";
}
