using System.Text.Json.Serialization;
using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Timeline;

/// <summary>One attempt of one board.</summary>
internal sealed record Boot
{
    /// <summary>Files kept one by one; more are only counted.</summary>
    public const int MaxFiles = 128;

    private readonly StageTimes _times = new();
    private readonly IReadOnlyList<BootFile> _files = [];

    /// <summary>Counts up over a board's life.</summary>
    public required int Number { get; init; }

    /// <summary>The first sign of it, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The last sign of it, UTC.</summary>
    public DateTimeOffset LastEvent { get; init; }

    /// <summary>How far it came.</summary>
    public BootStage Stage { get; init; }

    /// <summary>When it came there.</summary>
    public StageTimes Times { get => _times; init => _times = value ?? new(); }

    /// <summary>How the board behaves on the wire.</summary>
    public PiFamily Family { get; init; }

    /// <summary>The address that it was given or used.</summary>
    public Ipv4Address Address { get; init; }

    /// <summary>The firmware's last transaction.</summary>
    public uint Xid { get; init; }

    /// <summary>DHCPDISCOVERs of the firmware.</summary>
    public int Discovers { get; init; }

    /// <summary>Offers sent to the firmware.</summary>
    public int Offers { get; init; }

    /// <summary>DHCPREQUESTs of the firmware.</summary>
    public int Requests { get; init; }

    /// <summary>An offer without an address was sent.</summary>
    public bool Proxy { get; init; }

    /// <summary>Another DHCP server that this board heard or named; 0.0.0.0 for none.</summary>
    public Ipv4Address OtherServer { get; init; }

    /// <summary>The relay agent between the firmware and this server; 0.0.0.0 for none.</summary>
    public Ipv4Address Relay { get; init; }

    /// <summary>The boot server that another DHCP server told the firmware, or that DHCP server; 0.0.0.0 for none.</summary>
    public Ipv4Address OtherBootServer { get; init; }

    /// <summary>The boot file that another DHCP server told the firmware; null for none.</summary>
    public string? OtherBootFile { get; init; }

    /// <summary>When the system first asked for its address, UTC: from then on the kernel is known to run.</summary>
    public DateTimeOffset? SystemAsked { get; init; }

    /// <summary>When the system let go of the address that its root hangs on, UTC; null while it holds it.</summary>
    public DateTimeOffset? AddressLost { get; init; }

    /// <summary>The address that it went over to; 0.0.0.0 if it gave the old one back.</summary>
    public Ipv4Address AddressAfter { get; init; }

    /// <summary>The files asked for, in the order of their first request.</summary>
    public IReadOnlyList<BootFile> Files { get => _files; init => _files = value ?? []; }

    /// <summary>The file being sent; null for none.</summary>
    public string? Current { get; init; }

    /// <summary>When a transfer last began or ended, UTC.</summary>
    public DateTimeOffset LastTransfer { get; init; }

    /// <summary>Bytes of all transfers.</summary>
    public long Bytes { get; init; }

    /// <summary>Seconds of all whole transfers together.</summary>
    public double TransferSeconds { get; init; }

    /// <summary>Requests of files.</summary>
    public int Transfers { get; init; }

    /// <summary>Requests that only looked whether a file is there.</summary>
    public int Probes { get; init; }

    /// <summary>Requests for files that are not there; normal while the firmware looks for what it may use.</summary>
    public int NotFound { get; init; }

    /// <summary>TFTP packets sent again.</summary>
    public int Retransmits { get; init; }

    /// <summary>How its root was connected.</summary>
    public RootKind? Root { get; init; }

    /// <summary>The kernel's boot id, from the up-beacon.</summary>
    public string? BootId { get; init; }

    /// <summary>Its system goes on telling that it is up: when it is no longer heard, it no longer runs.</summary>
    public bool KeepsTelling { get; init; }

    /// <summary>Attempts before this one that ended at the same early stage and were left out of the history.</summary>
    public int Repeats { get; init; }

    /// <summary>An update of its EEPROM was sent to it.</summary>
    internal bool TookEepromUpdate => FindFile("pieeprom.upd") is { Completed: > 0 };

    /// <summary>A file by its path below the prefix.</summary>
    public BootFile? FindFile(string path)
    {
        foreach (BootFile file in Files)
        {
            if (file.Path == path)
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>When the present stage was reached.</summary>
    [JsonIgnore]
    public DateTimeOffset StageTime => Times.At(Stage) ?? Started;
}
