using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Kernel;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi;

/// <summary>A board, its cable, and what it should be given.</summary>
public sealed record VirtualPiOptions
{
    /// <summary>How the board behaves.</summary>
    public required PiProfile Profile { get; init; }

    /// <summary>Which board it is.</summary>
    public required PiIdentity Identity { get; init; }

    /// <summary>The interface; it needs no address. One end of a veth pair, not the bridge that holds the server's address.</summary>
    public required string Interface { get; init; }

    /// <summary>What the files should be; null to take what comes.</summary>
    public IExpectedFiles? Expected { get; init; }

    /// <summary>Folder that keeps every complete file; null for none.</summary>
    public string? SaveFolder { get; init; }

    /// <summary>Limit for the firmware's part of the boot.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Network boots that are tried, with the board's own pause between them.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Time from power-on until the link is up; about 3 s on real boards.</summary>
    public TimeSpan LinkDelay { get; init; }

    /// <summary>The EEPROM setting TFTP_IP, which beats what DHCP says; any for none.</summary>
    public Ipv4Address TftpServer { get; init; }

    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; }

    /// <summary>Frames lost in each direction, in percent.</summary>
    public double LossPercent { get; init; }

    /// <summary>Frames doubled in each direction, in percent.</summary>
    public double DuplicationPercent { get; init; }

    /// <summary>Frames overtaken by the next one, in percent.</summary>
    public double ReorderingPercent { get; init; }

    /// <summary>Longest IP packet that gets through to the board.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Its bootloader logs over the network, as with the EEPROM setting <c>NETCONSOLE=6665@169.254.1.1/,6666@/</c>.</summary>
    public bool Netconsole { get; init; }

    /// <summary>The kernel run after the firmware's part; null for none.</summary>
    public KernelRunOptions? KernelRun { get; init; }
}
