namespace Bramble.Storage.Contract;

/// <summary>An imported operating system.</summary>
public sealed record ImageInfo
{
    // Compiled JSON readers set what a file leaves out to null: the fields put the defaults back.
    private readonly IReadOnlyList<KernelInfo> _kernels = [];
    private readonly IReadOnlyList<string> _deviceTrees = [];
    private readonly IReadOnlyList<InitramfsInfo> _initramfs = [];
    private readonly IReadOnlyList<string> _skippedEdits = [];

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

    /// <summary>ID of its os-release, such as <c>debian</c>; null if it has none.</summary>
    public string? DistributionId { get; init; }

    /// <summary>VERSION_ID of its os-release, such as <c>13</c>; null if it has none.</summary>
    public string? DistributionVersion { get; init; }

    /// <summary>The kernels in its boot tree, with the models of the Raspberry Pi that each serves.</summary>
    public IReadOnlyList<KernelInfo> Kernels { get => _kernels; init => _kernels = value ?? []; }

    /// <summary>Names of the device trees in its boot tree.</summary>
    public IReadOnlyList<string> DeviceTrees { get => _deviceTrees; init => _deviceTrees = value ?? []; }

    /// <summary>Absolute path of the boot tree.</summary>
    public required string BootFolder { get; init; }

    /// <summary>Absolute path of the root tree.</summary>
    public required string RootFolder { get; init; }

    /// <summary>Bytes in both trees.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Where the boot tree is mounted in the running system: <c>/boot/firmware</c> or <c>/boot</c>.</summary>
    public required string BootMountPoint { get; init; }

    /// <summary>Its initramfs holds what an NFS v3 root needs, or it boots without one.</summary>
    public required bool CanNfs { get; init; }

    /// <summary>It can mount a root over NFS v4.1: its initramfs, or its kernel where there is none.</summary>
    public bool CanNfs41 { get; init; }

    /// <summary>It can mount a root over NFS v4.1 with what is sent behind its initramfs; never where <see cref="CanNfs41"/> is.</summary>
    public bool CanBeGivenNfs41 { get; init; }

    /// <summary>It can be the lower layer of an overlay.</summary>
    public bool CanOverlay { get; init; }

    /// <summary>Its initramfs holds what an iSCSI root needs.</summary>
    public required bool CanIscsi { get; init; }

    /// <summary>Every initramfs in its boot tree; empty if it boots without one.</summary>
    public IReadOnlyList<InitramfsInfo> Initramfs { get => _initramfs; init => _initramfs = value ?? []; }

    /// <summary>Every change that was made to it.</summary>
    public required IReadOnlyList<EditStep> Edits { get; init; }

    /// <summary>Names of the edits that are switched off for it and for what is cloned from it; see <see cref="EditCatalogue"/>.</summary>
    public IReadOnlyList<string> SkippedEdits { get => _skippedEdits; init => _skippedEdits = value ?? []; }
}
