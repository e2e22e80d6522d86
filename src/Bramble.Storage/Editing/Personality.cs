using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;

namespace Bramble.Storage.Editing;

/// <summary>What makes a clone of an image one client: names, beacon, mounts. The same values give the same files.</summary>
/// <param name="Request">What the client is to be.</param>
/// <param name="Record">The state of its root.</param>
/// <param name="BootFolder">Folder that its firmware loads from.</param>
/// <param name="Skipped">Names of edits that are switched off.</param>
internal sealed record Personality(RootRequest Request, StateRecord Record, string BootFolder, IReadOnlySet<string> Skipped)
{
    /// <summary>Bytes in one request of NFS.</summary>
    internal const int TransferSize = 128 * 1024;

    /// <summary>Changes when any of it changes. Holds no secret.</summary>
    internal string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        Request.Client, Request.HostName, Request.ServerAddress, Request.BeaconPort.ToString(CultureInfo.InvariantCulture), Request.BeaconToken, Request.TimeServers, BootFolder, Record.BootMountPoint, Record.FilesystemUuid, Record.InitiatorName, string.Join(',', Skipped.Order(StringComparer.Ordinal))))));

    private string BootLine =>
        $"{Request.ServerAddress}:{BootFolder} {Record.BootMountPoint} nfs defaults,vers=3,nolock,{(IsOn("transfer-size") ? $"rsize={TransferSize},wsize={TransferSize}," : "")}nofail,_netdev,x-systemd.mount-timeout=30 0 0";

    private string? RootLine => Record.FilesystemUuid is null ? null : $"UUID={Record.FilesystemUuid} / ext4 defaults,noatime 0 1";

    /// <summary>Whether a step is taken.</summary>
    internal bool IsOn(string step) => !Skipped.Contains(step);

    /// <summary>
    /// What of it is laid over a root tree that many clients share. Such a root has no state of its own to keep an identity in: it is always the same one,
    /// made from the client's secret.
    /// </summary>
    /// <param name="layer">What is laid over it.</param>
    /// <param name="system">The root tree of the image.</param>
    internal void ApplyOverlay(TreeEditor layer, ForeignTree system)
    {
        Apply(layer, system, isOverlay: true);
        if (IsOn("machine-id"))
            layer.Write("machine-id", "etc/machine-id", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bramble-machine-id:{Request.Client}:{Request.BeaconToken}")))[..32] + "\n");
    }

    /// <summary>Writes it into a root tree that is the client's alone.</summary>
    internal void Apply(TreeEditor root) => Apply(root, root.Tree, isOverlay: false);

    /// <summary>The beacon's settings.</summary>
    internal string BeaconConfig => UpBeacon.Config(Request.ServerAddress, Request.BeaconPort, Request.Client, Request.BeaconToken);

    private void Apply(TreeEditor root, ForeignTree system, bool isOverlay)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (IsOn("hostname"))
        {
            root.Write("hostname", "etc/hostname", Request.HostName + "\n");
            root.Write("hostname", "etc/hosts", HostsText.WithHostName(root.Read("etc/hosts") ?? "", Request.HostName));
        }

        if (!isOverlay && IsOn("fstab"))
            root.Write("fstab", "etc/fstab", FstabText.WithClientLines(root.Read("etc/fstab") ?? "", Record.BootMountPoint, BootLine, RootLine));
        if (IsOn("up-beacon"))
            root.Write("up-beacon", UpBeacon.ConfigPath, BeaconConfig, OwnerOnly, isSecret: true);
        if (IsOn("time") && Request.TimeServers.Length > 0)
            SetTimeServers(root, system);
        if (Record.InitiatorName is { } initiator && IsOn("iscsi-initiator"))
            root.Write("iscsi-initiator", "etc/iscsi/initiatorname.iscsi", $"## Written by Bramble.\nInitiatorName={initiator}\n", OwnerOnly);
    }

    private void SetTimeServers(TreeEditor root, ForeignTree system)
    {
        string[] servers = Request.TimeServers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (system.Exists("usr/lib/systemd/systemd-timesyncd"))
            root.Write("time", "etc/systemd/timesyncd.conf.d/90-bramble.conf", $"# Written by Bramble.\n[Time]\nNTP={string.Join(' ', servers)}\n");
        if (system.Exists("etc/chrony"))
            root.Write("time", "etc/chrony/sources.d/bramble.sources", $"# Written by Bramble.\n{string.Concat(servers.Select(static server => $"server {server} iburst prefer\n"))}");
    }
}
