using System.Globalization;
using System.Text.RegularExpressions;
using Bramble.Linux.Net;

namespace Bramble.Storage.Contract;

/// <summary>
/// A root on another server: <c>nfs://ADDRESS/PATH</c> or <c>iscsi://[USER%SECRET@]ADDRESS[:PORT]/TARGET[/LUN][?root=DEVICE]</c>, the latter as libiscsi's
/// programs take it. All that it is made of goes on a kernel command line without quotes.
/// </summary>
public sealed partial record ExternalRoot
{
    private const int DefaultPort = 3260;

    /// <summary>The server's IPv4 address: neither the kernel nor an initramfs looks names up.</summary>
    public required Ipv4Address Server { get; init; }

    /// <summary>The exported folder, absolute; null for iSCSI.</summary>
    public string? Path { get; init; }

    /// <summary>iSCSI qualified name of the target; null for NFS.</summary>
    public string? TargetName { get; init; }

    /// <summary>TCP port of iSCSI.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The logical unit.</summary>
    public int Lun { get; init; }

    /// <summary>CHAP user; null for none.</summary>
    public string? User { get; init; }

    /// <summary>CHAP secret; null for none. Never logged.</summary>
    public string? Secret { get; init; }

    /// <summary>What the kernel is told as <c>root=</c>: that of the address, else the whole disk by the path that udev gives it; null for NFS.</summary>
    public string? Device { get; init; }

    /// <summary>Reads the address of a root.</summary>
    /// <exception cref="StorageException">It is none; the message says what one looks like.</exception>
    public static ExternalRoot Parse(string text)
    {
        if (Nfs().Match(text) is { Success: true } nfs && Ipv4Address.TryParse(nfs.Groups["server"].Value, out Ipv4Address server) && !server.IsAny)
            return new ExternalRoot { Server = server, Path = nfs.Groups["path"].Value };
        if (Iscsi().Match(text) is not { Success: true } iscsi || !Ipv4Address.TryParse(iscsi.Groups["server"].Value, out Ipv4Address portal) || portal.IsAny
            || !TryNumber(iscsi.Groups["port"], DefaultPort, 1, 65535, out int port) || !TryNumber(iscsi.Groups["lun"], 0, 0, 255, out int lun))
        {
            throw new StorageException("A root on another server is written nfs://192.168.1.2/srv/pi or iscsi://[USER%SECRET@]192.168.1.2[:3260]/iqn.2001-01.org.example:disk[/LUN][?root=LABEL=rootfs], with the server's IPv4 address.");
        }

        string target = iscsi.Groups["target"].Value;
        return new ExternalRoot
        {
            Server = portal,
            TargetName = target,
            Port = port,
            Lun = lun,
            User = iscsi.Groups["user"] is { Success: true, Value: { } user } ? user : null,
            Secret = iscsi.Groups["secret"] is { Success: true, Value: { } secret } ? secret : null,
            Device = iscsi.Groups["root"] is { Success: true, Value: { } device }
                ? device
                : string.Create(CultureInfo.InvariantCulture, $"/dev/disk/by-path/ip-{portal}:{port}-iscsi-{target}-lun-{lun}"),
        };
    }

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => Path is not null ? $"nfs://{Server}{Path}" : string.Create(CultureInfo.InvariantCulture, $"iscsi://{Server}:{Port}/{TargetName}/{Lun}");

    private static bool TryNumber(Group group, int absent, int least, int most, out int number)
    {
        number = absent;
        return !group.Success || (int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }

    [GeneratedRegex("^nfs://(?<server>[0-9.]+)(?<path>/[A-Za-z0-9._/@+-]+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Nfs();

    [GeneratedRegex("^iscsi://((?<user>[A-Za-z0-9._:@-]+)%(?<secret>[!#-$&-.0-?A-~]+)@)?(?<server>[0-9.]+)(:(?<port>[0-9]+))?/(?<target>(iqn|eui|naa)\\.[A-Za-z0-9.:-]+)(/(?<lun>[0-9]+))?([?]root=(?<root>[A-Za-z0-9._/=:+-]+))?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Iscsi();
}
