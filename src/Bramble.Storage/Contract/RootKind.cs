namespace Bramble.Storage.Contract;

/// <summary>Where a client's root filesystem lives.</summary>
public enum RootKind
{
    /// <summary>Its own writable clone of the image's root tree, over NFS.</summary>
    Nfs,

    /// <summary>Its own writable disk, over iSCSI.</summary>
    Iscsi,
}
