namespace Bramble.VirtualPi.Replay;

/// <summary>One packet of a transcript; what a packet of its protocol does not have is empty.</summary>
internal sealed record TranscriptPacket
{
    /// <summary>Who sends to whom: <c>pi&gt;server</c>, <c>server&gt;pi</c>, <c>proxy&gt;pi</c>…</summary>
    public string Direction { get; init; } = "";

    /// <summary>dhcp, tftp, arp, nfs, http, dhcp6, icmp6.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>DHCP message type or operation.</summary>
    public string Type { get; init; } = "";

    /// <summary>The boot stage that sends it.</summary>
    public string Stage { get; init; } = "";

    /// <summary>TFTP path.</summary>
    public string Path { get; init; } = "";

    /// <summary>How a read request has to end: full, not_found, probe, optional.</summary>
    public string Expect { get; init; } = "";

    /// <summary>TFTP options in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; init; } = [];

    /// <summary>The BOOTP message, where the transcript has it.</summary>
    public byte[] Message { get; init; } = [];

    /// <summary>True for what the board sends.</summary>
    public bool FromPi => Direction.StartsWith("pi>", StringComparison.Ordinal) || Direction == "both";
}
