using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Tests.Scripted;

/// <summary>How the scripted server behaves; the defaults are those of a good one.</summary>
internal sealed record ServerScript
{
    public static readonly Ipv4Address Server = Ipv4Address.Parse("10.0.0.1");
    public static readonly Ipv4Address Proxy = Ipv4Address.Parse("10.0.0.2");
    public static readonly Ipv4Address Client = Ipv4Address.Parse("10.0.0.50");

    public bool Offers { get; init; } = true;

    public bool Acks { get; init; } = true;

    public byte[]? Option43 { get; init; } = Menu("Raspberry Pi Boot   ");

    public string? Option66 { get; init; }

    public Ipv4Address Siaddr { get; init; } = Server;

    public byte Hops { get; init; }

    public bool Unicast { get; init; }

    public int PadBeforeEnd { get; init; }

    /// <summary>True to give the address in one OFFER and the boot menu in another, from <see cref="Proxy"/>.</summary>
    public bool SeparateProxy { get; init; }

    public TimeSpan AddressDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan ProxyDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>True to give each board an address of its own, from <see cref="Client"/> on.</summary>
    public bool AddressPerBoard { get; init; }

    public bool AnswersArp { get; init; } = true;

    public bool SendsOack { get; init; } = true;

    /// <summary>Name of a file whose OACK comes twice.</summary>
    public string? OackTwiceFor { get; init; }

    public int TsizeError { get; init; }

    public int BlockSizeCap { get; init; } = 65464;

    /// <summary>The DATA block (from 1) of every file after which the server says nothing more; 0 for never.</summary>
    public int SilentAfterBlock { get; init; }

    /// <summary>Time that each answer takes.</summary>
    public TimeSpan TftpDelay { get; init; } = TimeSpan.FromMilliseconds(0.1);

    /// <summary>Files by path, as they are asked for but with single slashes.</summary>
    public Dictionary<string, byte[]> Files { get; init; } = [];

    /// <summary>A PXE menu as dnsmasq's pxe-service=0 makes it.</summary>
    public static byte[] Menu(params string[] entries)
    {
        byte[] menu = [];
        foreach (string entry in entries)
        {
            menu = [.. menu, 0, 0, (byte)entry.Length, .. System.Text.Encoding.ASCII.GetBytes(entry)];
        }

        return [6, 1, 3, 10, 4, 0, .. "PXE"u8, 9, (byte)menu.Length, .. menu, 255];
    }
}
