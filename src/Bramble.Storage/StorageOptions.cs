using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>Where storage keeps things and whom it tells.</summary>
public sealed record StorageOptions
{
    /// <summary>Folder of images and clients, best on btrfs; absolute path of letters, digits and <c>/ . _ -</c>.</summary>
    public string DataFolder { get; init; } = "/srv/bramble";

    /// <summary>Drop-in of exports(5) that belongs to Bramble alone.</summary>
    public string ExportsFile { get; init; } = "/etc/exports.d/bramble.exports";

    /// <summary>Drop-in of tgt's targets.conf(5) that belongs to Bramble alone.</summary>
    public string TargetsFile { get; init; } = "/etc/tgt/conf.d/bramble.conf";

    /// <summary>Unit that serves NFS.</summary>
    public string NfsUnit { get; init; } = "nfs-server.service";

    /// <summary>Unit that serves iSCSI.</summary>
    public string IscsiUnit { get; init; } = "tgt.service";

    /// <summary>Table of what the NFS server really exports, kept by exportfs(8).</summary>
    public string ExportTableFile { get; init; } = "/var/lib/nfs/etab";

    /// <summary>Program that talks to tgtd.</summary>
    public string TgtAdmProgram { get; init; } = "tgtadm";

    /// <summary>Control port of tgtd (<c>tgtadm --control-port</c>).</summary>
    public int TgtControlPort { get; init; }

    /// <summary>Group that may look into images and clients besides root: <c>bramble serve</c> is its only member. Null leaves root alone.</summary>
    public uint? ReaderGroupId { get; init; }

    /// <summary>Bytes of the data disk that are never used: an operation that would leave less is refused.</summary>
    public long ReserveBytes { get; init; } = 64L << 20;

    /// <summary>Bytes that an unpacked image may have at most; keeps a crafted archive from filling the disk.</summary>
    public long MaximumImageBytes { get; init; } = 256L << 30;

    /// <summary>Bytes of the data disk that are kept free for the roots that are in use: with less, nothing new is made. Null for the default of <see cref="DiskSpaceState"/>.</summary>
    public long? KeptFreeBytes { get; init; }

    /// <summary>Bytes that an NFS root may take at most; 0 for no limit. Needs btrfs.</summary>
    public long RootQuotaBytes { get; init; }

    /// <summary>Names of the edits that are switched off for all images and clients; see <see cref="EditCatalogue"/>.</summary>
    public IReadOnlyList<string> SkippedEdits { get; init; } = [];

    /// <summary>Told before each step that changes the data folder; what it throws stops there. For tests.</summary>
    internal Action<string>? BeforeStep { get; init; }

    /// <summary>How long the effect of a reload is waited for.</summary>
    public TimeSpan EffectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
