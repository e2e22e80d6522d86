using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Boot;

/// <summary>A board and its surroundings.</summary>
internal sealed record PiBootSettings
{
    public required PiProfile Profile { get; init; }

    public required PiIdentity Identity { get; init; }

    public required IExpectedFiles Expected { get; init; }

    /// <summary>Seed of transaction ids.</summary>
    public int Seed { get; init; }

    /// <summary>Network boots that are tried before the board's fault is final.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Time from power-on until the link is up; about 3 s on real boards.</summary>
    public TimeSpan LinkDelay { get; init; }

    /// <summary>The EEPROM setting TFTP_IP; any for none.</summary>
    public Ipv4Address TftpServer { get; init; }

    /// <summary>The bootloader logs over the network.</summary>
    public bool Netconsole { get; init; }

    /// <summary>Longest IP packet of the path.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>True where a file whose content is known is compared as it comes and not kept: many boards then share one copy.</summary>
    public bool SharesContent { get; init; }

    /// <summary>False where the network itself is made to duplicate frames: a second OACK then proves nothing.</summary>
    public bool JudgesDuplicates { get; init; } = true;
}
