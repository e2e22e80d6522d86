using Bramble.Dhcp;
using Bramble.Fleet.Enrolment;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Configuration;

/// <summary>The whole configuration, checked. Every key is described in <see cref="ConfigSchema"/>.</summary>
internal sealed record BrambleConfig
{
    /// <summary>[server] name; null: the host name.</summary>
    public string? ServerName { get; set; }

    /// <summary>[server] interface; empty: the only wired one.</summary>
    public List<string> Interfaces { get; set; } = [];

    /// <summary>Line of [server] interface, 0 if it is not given; for messages about interfaces that are not there.</summary>
    public int InterfacesLine { get; set; }

    /// <summary>[dhcp] mode.</summary>
    public DhcpServiceMode DhcpMode { get; set; } = DhcpServiceMode.Auto;

    /// <summary>[dhcp] pool; a subnet without one gets one made from its size.</summary>
    public List<(Ipv4Address First, Ipv4Address Last)> Pools { get; set; } = [];

    /// <summary>Line of [dhcp] pool, 0 if it is not given.</summary>
    public int PoolLine { get; set; }

    /// <summary>[dhcp] lease-time.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>[dhcp] gateway; each holds for the subnet that it lies in.</summary>
    public List<Ipv4Address> Gateways { get; set; } = [];

    /// <summary>Line of [dhcp] gateway, 0 if it is not given.</summary>
    public int GatewaysLine { get; set; }

    /// <summary>[dhcp] relayed: subnets behind relay agents, with the router that clients there are told.</summary>
    public List<DhcpRoute> Relayed { get; set; } = [];

    /// <summary>Line of [dhcp] relayed, 0 if it is not given.</summary>
    public int RelayedLine { get; set; }

    /// <summary>[dhcp] routes.</summary>
    public List<DhcpRoute> Routes { get; set; } = [];

    /// <summary>Line of [dhcp] routes, 0 if it is not given.</summary>
    public int RoutesLine { get; set; }

    /// <summary>[dhcp] option.NUMBER, by number.</summary>
    public List<DhcpExtraOption> ExtraOptions { get; set; } = [];

    /// <summary>[dhcp] dns.</summary>
    public List<Ipv4Address> DnsServers { get; set; } = [];

    /// <summary>[dhcp] ntp.</summary>
    public List<Ipv4Address> NtpServers { get; set; } = [];

    /// <summary>[dhcp] domain.</summary>
    public string? DomainName { get; set; }

    /// <summary>[dhcp] others.</summary>
    public bool OthersGetAddresses { get; set; } = true;

    /// <summary>[dhcp] look-again.</summary>
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>[dhcp] port, UDP.</summary>
    public int DhcpPort { get; set; } = 67;

    /// <summary>[dhcp] client-port, UDP.</summary>
    public int DhcpClientPort { get; set; } = 68;

    /// <summary>[tftp] port, UDP.</summary>
    public int TftpPort { get; set; } = 69;

    /// <summary>[tftp] transfer-port, UDP; 0 for any free one.</summary>
    public int TftpTransferPort { get; set; }

    /// <summary>[tftp] workers.</summary>
    public int TftpWorkers { get; set; } = 1;

    /// <summary>[tftp] check-address.</summary>
    public bool CheckAddress { get; set; } = true;

    /// <summary>[tftp] fit-mtu.</summary>
    public bool TftpFitMtu { get; set; } = true;

    /// <summary>[tftp] max-block-size, bytes.</summary>
    public int TftpMaxBlockSize { get; set; } = 65464;

    /// <summary>[tftp] max-window, blocks.</summary>
    public int TftpMaxWindow { get; set; } = 64;

    /// <summary>[tftp] wrap-to: 0 or 1.</summary>
    public int TftpWrapTo { get; set; }

    /// <summary>[clients] enrol.</summary>
    public EnrolmentPolicy Enrolment { get; set; } = EnrolmentPolicy.Open;

    /// <summary>[clients] image; null: the newest.</summary>
    public string? DefaultImage { get; set; }

    /// <summary>[clients] root.</summary>
    public RootKind DefaultRoot { get; set; } = RootKind.Nfs;

    /// <summary>[clients] nfs: 3 or 4.1; null: what the image can.</summary>
    public string? Nfs { get; set; }

    /// <summary>[clients] netconsole.</summary>
    public bool Netconsole { get; set; }

    /// <summary>[beacon] port, UDP.</summary>
    public int BeaconPort { get; set; } = 6767;

    /// <summary>[web] port, TCP.</summary>
    public int WebPort { get; set; } = 80;

    /// <summary>[storage] data.</summary>
    public string DataFolder { get; set; } = "/srv/bramble";

    /// <summary>[storage] exports-file.</summary>
    public string ExportsFile { get; set; } = "/etc/exports.d/bramble.exports";

    /// <summary>[storage] targets-file.</summary>
    public string TargetsFile { get; set; } = "/etc/tgt/conf.d/bramble.conf";

    /// <summary>[storage] keep-free, bytes; null: a twentieth of the disk, at most 2 GiB.</summary>
    public long? KeptFreeBytes { get; set; }

    /// <summary>[storage] root-quota, bytes; 0: none.</summary>
    public long RootQuotaBytes { get; set; }

    /// <summary>[storage] skip-edits.</summary>
    public List<string> SkippedEdits { get; set; } = [];

    /// <summary>[state] folder.</summary>
    public string StateFolder { get; set; } = "/var/lib/bramble";

    /// <summary>[panel].</summary>
    public PanelConfig Panel { get; } = new();

    /// <summary>[log] level.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;
}
