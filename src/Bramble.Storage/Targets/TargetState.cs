namespace Bramble.Storage.Targets;

/// <summary>A target as tgtd really has it.</summary>
/// <param name="Id">tgtd's number of it.</param>
/// <param name="Name">iSCSI qualified name.</param>
internal sealed record TargetState(int Id, string Name)
{
    /// <summary>Backing files of its logical units.</summary>
    public List<string> Disks { get; } = [];

    /// <summary>Addresses and names that may log in; tgtd lets in whom any one of them fits.</summary>
    public List<string> Rules { get; } = [];

    /// <summary>CHAP users.</summary>
    public List<string> Accounts { get; } = [];

    /// <summary>Somebody is logged in.</summary>
    public bool IsInUse { get; set; }
}
