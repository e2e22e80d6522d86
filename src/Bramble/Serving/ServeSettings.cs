using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Faults;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Transfers;

namespace Bramble.Serving;

/// <summary>From the configuration to the settings of each room.</summary>
internal static class ServeSettings
{
    /// <summary>Settings of the fleet.</summary>
    public static FleetOptions Fleet(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces, IReadOnlyList<Fault> boxFaults) => new()
    {
        BoxFaults = boxFaults,
        DataDisk = () => DiskSpaceState.Read(config.DataFolder, config.KeptFreeBytes),
        ServerName = config.ServerName ?? Environment.MachineName,
        Networks = [.. interfaces.Select(i => new ServerNetwork(i.Address, i.Subnet))],
        Mode = config.DhcpMode is DhcpServiceMode.Proxy or DhcpServiceMode.Off ? FleetMode.Proxy : FleetMode.Server,
        StateFolder = config.StateFolder,
        DefaultImage = config.DefaultImage,
        DefaultRootKind = config.DefaultRoot,
        Nfs = config.Nfs,
        TimeServers = config.NtpServers,
        IsTimeServer = TimeServer.IsHere(),
        EnrolmentPolicy = config.Enrolment,
        BeaconPort = config.BeaconPort,
        RelaxedAddressCheck = !config.CheckAddress,
    };

    /// <summary>Settings of the DHCP server.</summary>
    public static DhcpOptions Dhcp(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) => new()
    {
        Mode = config.DhcpMode switch
        {
            DhcpServiceMode.Server => DhcpMode.Server,
            DhcpServiceMode.Proxy => DhcpMode.Proxy,
            _ => DhcpMode.Auto,
        },
        Interfaces = interfaces,
        LeaseTime = config.LeaseTime,
        OthersGetAddresses = config.OthersGetAddresses,
        JournalPath = Path.Combine(config.StateFolder, "leases.journal"),
        ServerPort = config.DhcpPort,
        ClientPort = config.DhcpClientPort,
        ProbeInterval = config.LookAgain,
        DomainName = config.DomainName,
        NtpServers = config.NtpServers,
        IsTimeServer = TimeServer.IsHere(),
        Routes = config.Routes,
        ExtraOptions = config.ExtraOptions,
        RelayedSubnets = InterfaceChoice.Relayed(config, interfaces[0].Address),
        BootServerPort = config.DhcpPort == 67 ? 4011 : 0,
    };

    /// <summary>Settings of the TFTP server.</summary>
    public static TftpOptions Tftp(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) => new()
    {
        Endpoints = [.. interfaces.Select(i => new TftpEndpoint(i.Address))],
        Port = (ushort)config.TftpPort,
        TransferPort = (ushort)config.TftpTransferPort,
        Workers = config.TftpWorkers,
        ServedSubnets = [.. interfaces.Select(i => i.Subnet), .. config.Relayed.Select(r => r.Destination)],
        LimitBlockSizeToMtu = config.TftpFitMtu,
        MaxBlockSize = config.TftpMaxBlockSize,
        MaxWindowSize = config.TftpMaxWindow,
        Rollover = config.TftpWrapTo == 1 ? BlockRollover.ToOne : BlockRollover.ToZero,
    };
}
