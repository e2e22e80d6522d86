namespace Bramble.Storage.Targets;

/// <summary>One target with one disk for one client.</summary>
/// <param name="Name">iSCSI qualified name.</param>
/// <param name="Disk">Absolute path of its backing file.</param>
/// <param name="Initiator">The one initiator name that may log in.</param>
/// <param name="Address">The one IPv4 address that it may come from.</param>
/// <param name="User">CHAP user.</param>
/// <param name="Secret">CHAP secret.</param>
/// <param name="Serial">SCSI serial number: the client's name cut to what SCSI holds, stable over restarts of tgtd.</param>
internal sealed record IscsiTarget(string Name, string Disk, string Initiator, string Address, string User, string Secret, string Serial)
{
    /// <summary>Keeps the secret out of logs.</summary>
    public override string ToString() => $"{Name} for {Address}";
}
