using System.Security.Cryptography;
using System.Text;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>What makes a clone of an image one client: names, beacon, mounts. The same values give the same files.</summary>
internal sealed record Personality(RootRequest Request, string BootFolder, string BootMountPoint, string? FilesystemUuid, string? InitiatorName)
{
    /// <summary>Changes when any of it changes. Holds no secret.</summary>
    internal string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', Request.Client, Request.HostName, Request.ServerAddress, Request.BeaconPort.ToString(System.Globalization.CultureInfo.InvariantCulture), Request.BeaconToken, BootFolder, BootMountPoint, FilesystemUuid, InitiatorName))));

    private string BootLine =>
        $"{Request.ServerAddress}:{BootFolder} {BootMountPoint} nfs defaults,vers=3,nolock,nofail,_netdev,x-systemd.mount-timeout=30 0 0";

    private string? RootLine => FilesystemUuid is null ? null : $"UUID={FilesystemUuid} / ext4 defaults,noatime 0 1";

    /// <summary>
    /// What of it is laid over a root tree that many clients share. Such a root has no state of its own to keep an identity in: it is always the same one,
    /// made from the client's secret.
    /// </summary>
    internal void ApplyOverlay(TreeEditor root)
    {
        Apply(root, isOverlay: true);
        root.Write("machine-id", "etc/machine-id", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bramble-machine-id:{Request.Client}:{Request.BeaconToken}")))[..32] + "\n");
    }

    /// <summary>Writes it into a root tree that is the client's alone.</summary>
    internal void Apply(TreeEditor root) => Apply(root, isOverlay: false);

    private void Apply(TreeEditor root, bool isOverlay)
    {
        root.Write("hostname", "etc/hostname", Request.HostName + "\n");
        root.Write("hostname", "etc/hosts", HostsText.WithHostName(root.Read("etc/hosts") ?? "", Request.HostName));
        if (!isOverlay)
            root.Write("fstab", "etc/fstab", FstabText.WithClientLines(root.Read("etc/fstab") ?? "", BootMountPoint, BootLine, RootLine));
        root.Write("up-beacon", UpBeacon.ConfigPath, UpBeacon.Config(Request.ServerAddress, Request.BeaconPort, Request.Client, Request.BeaconToken), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (InitiatorName is not null)
            root.Write("iscsi", "etc/iscsi/initiatorname.iscsi", $"## Written by Bramble.\nInitiatorName={InitiatorName}\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
