namespace Bramble.Storage.Contract;

/// <summary>An imported operating system.</summary>
public sealed record ImageInfo
{
    /// <summary>Its name: 1–63 characters, lower-case letters, digits, <c>.</c>, <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>File name that it was imported from, without folder.</summary>
    public required string Source { get; init; }

    /// <summary>SHA-256 of that file as given, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Imported { get; init; }

    /// <summary>PRETTY_NAME of its os-release, or "unknown".</summary>
    public required string Distribution { get; init; }

    /// <summary>Absolute path of the boot tree.</summary>
    public required string BootFolder { get; init; }

    /// <summary>Absolute path of the root tree.</summary>
    public required string RootFolder { get; init; }

    /// <summary>Bytes in both trees.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Where the boot tree is mounted in the running system: <c>/boot/firmware</c> or <c>/boot</c>.</summary>
    public required string BootMountPoint { get; init; }

    /// <summary>Its initramfs holds what an NFS root needs.</summary>
    public required bool CanNfs { get; init; }

    /// <summary>Its initramfs holds what an iSCSI root needs.</summary>
    public required bool CanIscsi { get; init; }

    /// <summary>Every initramfs in its boot tree; empty if it boots without one.</summary>
    public IReadOnlyList<InitramfsInfo> Initramfs { get; init; } = [];

    /// <summary>Every change that the import made.</summary>
    public required IReadOnlyList<EditStep> Edits { get; init; }
}
