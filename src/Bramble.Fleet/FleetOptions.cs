using Bramble.Fleet.Enrolment;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet;

/// <summary>Settings of the fleet.</summary>
public sealed record FleetOptions
{
    /// <summary>Default of <see cref="MaxEnrolled"/>.</summary>
    public const int DefaultMaxEnrolled = 1000;

    /// <summary>Name of this server, for status.</summary>
    public string ServerName { get; init; } = "bramble";

    /// <summary>The networks that are served, at least one; the first is that of clients which no network contains.</summary>
    public required IReadOnlyList<ServerNetwork> Networks { get; init; }

    /// <summary>Who gives the addresses.</summary>
    public FleetMode Mode { get; init; } = FleetMode.Server;

    /// <summary>Absolute path of the folder for clients, boards and boot histories; made if it is not there.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Image of newly enrolled clients; null for the newest one there is.</summary>
    public string? DefaultImage { get; init; }

    /// <summary>Kind of root of newly enrolled clients.</summary>
    public RootKind DefaultRootKind { get; init; } = RootKind.Nfs;

    /// <summary>Version of NFS that roots are mounted with, <c>3</c> or <c>4.1</c>; null for what each image can. A client may have its own.</summary>
    public string? Nfs { get; init; }

    /// <summary>Time servers of clients; empty for <see cref="IsTimeServer"/>.</summary>
    public IReadOnlyList<Ipv4Address> TimeServers { get; init; } = [];

    /// <summary>This server answers NTP: clients are told it where <see cref="TimeServers"/> is empty.</summary>
    public bool IsTimeServer { get; init; }

    /// <summary>What happens to boards that are not known.</summary>
    public EnrolmentPolicy EnrolmentPolicy { get; init; } = EnrolmentPolicy.Open;

    /// <summary>UDP port that clients send their up-beacon to.</summary>
    public int BeaconPort { get; init; } = 7741;

    /// <summary>Trust the serial or MAC of a TFTP path although the address belongs to another board or to none: for relays and routed clients.</summary>
    public bool RelaxedAddressCheck { get; init; }

    /// <summary>Looks how full the data disk is, once a second; null where nobody wants to know. What it throws is taken as not known.</summary>
    public Func<DiskSpaceState>? DataDisk { get; init; }

    /// <summary>Faults of the machine itself, which were there when the server started.</summary>
    public IReadOnlyList<Faults.Fault> BoxFaults { get; init; } = [];

    /// <summary>How long a boot may stand at each stage.</summary>
    public Timeline.StageBounds Bounds { get; init; } = new();

    /// <summary>Boots kept in the history of each board.</summary>
    public int BootsKept { get; init; } = 10;

    /// <summary>Clients that enrol themselves at most, so that forged requests cannot fill the disk with roots.</summary>
    public int MaxEnrolled { get; init; } = DefaultMaxEnrolled;

    /// <summary>Boards remembered at most; of those without a client the one that was silent longest gives way.</summary>
    public int MaxBoards { get; init; } = 4096;

    /// <summary>The version of NFS that is asked for on behalf of clients: an overlay knows one only.</summary>
    internal string? NfsFor(RootKind kind) => kind == RootKind.Nfs ? Nfs : null;

    /// <summary>The time servers of a client whose server has this address, with blanks between them.</summary>
    internal string TimeServersFor(Ipv4Address server) => TimeServers.Count > 0 ? string.Join(' ', TimeServers) : IsTimeServer ? server.ToString() : "";

    /// <summary>This server's address as a client with the given address sees it.</summary>
    public Ipv4Address ServerFor(Ipv4Address client)
    {
        foreach (ServerNetwork network in Networks)
        {
            if (network.Subnet.Contains(client))
            {
                return network.Address;
            }
        }

        return Networks[0].Address;
    }
}
