using Bramble.Linux.Net;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Serving;

/// <summary>Settings of the TFTP server; the defaults suit Raspberry Pis on a switched LAN.</summary>
public sealed record TftpOptions
{
    /// <summary>Where requests are taken.</summary>
    public IReadOnlyList<TftpEndpoint> Endpoints { get; init; } = [new TftpEndpoint(Ipv4Address.Any)];

    /// <summary>Port of requests; 0 takes any free one (see <see cref="TftpServer.LocalEndpoints"/>).</summary>
    public ushort Port { get; init; } = TftpLimits.Port;

    /// <summary>Port that the data is sent from, to open it in a firewall; 0 takes any free one. With several workers the next ports follow.</summary>
    public ushort TransferPort { get; init; }

    /// <summary>Only clients in these subnets are answered. Empty answers nobody: forged senders must not turn the server on others.</summary>
    public IReadOnlyList<Ipv4Subnet> ServedSubnets { get; init; } = [];

    /// <summary>Largest block size that is agreed to, bytes, 8 to 65464.</summary>
    public int MaxBlockSize { get; init; } = TftpLimits.MaxBlockSize;

    /// <summary>Cuts the block size so that a block fits the MTU of its interface: boot firmware cannot put fragments together.</summary>
    public bool LimitBlockSizeToMtu { get; init; } = true;

    /// <summary>Largest window that is agreed to, blocks, 1 to 32767.</summary>
    public int MaxWindowSize { get; init; } = 64;

    /// <summary>First time-out in lockstep, and of the first answer always; at least one second, because a doubled OACK breaks a Pi 2 (docs/reference/pi-network-boot.md).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First time-out of a window's blocks.</summary>
    public TimeSpan WindowTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time-out that back-off grows to.</summary>
    public TimeSpan MaxTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time-outs in a row after which a client is given up; with the default time-outs after 31 s, the patience of a Pi's bootloader (TFTP_FILE_TIMEOUT).</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>How often the first answer is repeated for a client that never acknowledged anything.</summary>
    public int MaxOpeningRetries { get; init; } = 2;

    /// <summary>Bound of one transfer.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Which number follows block 65535.</summary>
    public BlockRollover Rollover { get; init; } = BlockRollover.ToZero;

    /// <summary>Largest file that is sent as netascii, bytes: it is converted in memory.</summary>
    public int MaxNetasciiBytes { get; init; } = 1024 * 1024;

    /// <summary>Transfers that each worker holds at once, as a bound of memory (under 1 KB each); another request is refused with an ERROR.</summary>
    public int MaxTransfers { get; init; } = 16384;

    /// <summary>Loops that serve; one core carries a gigabit.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Socket buffers in bytes, both ways; a hundred boards that start at once must not overflow them.</summary>
    public int SocketBufferBytes { get; init; } = 4 * 1024 * 1024;
}
