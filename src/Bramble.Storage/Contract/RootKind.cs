namespace Bramble.Storage.Contract;

/// <summary>Where a client's root filesystem lives.</summary>
public enum RootKind
{
    /// <summary>Its own writable clone of the image's root tree, over NFS.</summary>
    Nfs,

    /// <summary>Its own writable disk, over iSCSI.</summary>
    Iscsi,

    /// <summary>The image's root tree itself, read-only over NFS; what the client writes is kept in its memory, and gone when it restarts.</summary>
    Overlay,

    /// <summary>An NFS export or an iSCSI disk of another server; only the boot files come from here.</summary>
    External,
}
