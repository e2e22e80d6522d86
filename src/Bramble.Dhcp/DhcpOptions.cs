using Bramble.Linux.Net;

namespace Bramble.Dhcp;

/// <summary>What the DHCP server is to do. Immutable; a change is a new one handed to <see cref="DhcpServer.Reconfigure"/>.</summary>
public sealed record DhcpOptions
{
    /// <summary>Server, proxy, or find out.</summary>
    public DhcpMode Mode { get; init; } = DhcpMode.Auto;

    /// <summary>The interfaces to serve; at least one.</summary>
    public required IReadOnlyList<DhcpInterfaceOptions> Interfaces { get; init; }

    /// <summary>Subnets behind relay agents; name is unused, address is ours as clients reach it.</summary>
    public IReadOnlyList<DhcpInterfaceOptions> RelayedSubnets { get; init; } = [];

    /// <summary>Option 51; T1 is half of it, T2 seven eighths. One minute or more.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>True if machines that are no Raspberry Pi, and Pis that do not boot from here, get addresses too (server only).</summary>
    public bool OthersGetAddresses { get; init; } = true;

    /// <summary>The lease journal; its folder is made if it is missing.</summary>
    public required string JournalPath { get; init; }

    /// <summary>UDP port of the server, 67 but for tests.</summary>
    public int ServerPort { get; init; } = 67;

    /// <summary>UDP port of clients, 68 but for tests.</summary>
    public int ClientPort { get; init; } = 68;

    /// <summary>Option 15; null sends none.</summary>
    public string? DomainName { get; init; }

    /// <summary>Option 42; empty sends none but this server where <see cref="IsTimeServer"/>.</summary>
    public IReadOnlyList<Ipv4Address> NtpServers { get; init; } = [];

    /// <summary>This machine answers NTP: it is option 42 where <see cref="NtpServers"/> is empty.</summary>
    public bool IsTimeServer { get; init; }

    /// <summary>Option 121; empty sends none.</summary>
    public IReadOnlyList<DhcpRoute> Routes { get; init; } = [];

    /// <summary>Further options by number; none for which <see cref="DhcpExtraOption.IsOurs"/> holds.</summary>
    public IReadOnlyList<DhcpExtraOption> ExtraOptions { get; init; } = [];

    /// <summary>UDP port for PXE clients that ask the ProxyDHCP by unicast (PXE 2.1 section 2.2.1), 4011 but for tests; 0 for none.</summary>
    public int BootServerPort { get; init; } = 4011;

    /// <summary>How long the answer of a ProxyDHCP to a Pi 3 is held back: its boot ROM can hang if it comes within two seconds of the address, and asks again after five.</summary>
    public TimeSpan Pi3ProxyDelay { get; init; } = TimeSpan.FromMilliseconds(2100);

    /// <summary>How long <see cref="DhcpMode.Auto"/> listens for other servers before it decides. dnsmasq pings an address for up to three seconds before it offers it.</summary>
    public TimeSpan ProbeListenTime { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>How often <see cref="DhcpMode.Auto"/> looks again.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMinutes(5);
}
