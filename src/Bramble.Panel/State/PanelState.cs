namespace Bramble.Panel.State;

/// <summary>All that the panel shows, at one moment. Whoever runs the panel puts it together; the panel knows no other room.</summary>
public sealed record PanelState
{
    /// <summary>Name of this server.</summary>
    public string Name { get; init; } = "bramble";

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the machine is, such as <c>Raspberry Pi 4 Model B</c>; null if it does not say.</summary>
    public string? Machine { get; init; }

    /// <summary>What the server does as a whole.</summary>
    public PanelPhase Phase { get; init; }

    /// <summary>How long it has been serving.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>DHCP mode: <c>server</c>, <c>proxy</c> or <c>off</c>.</summary>
    public string DhcpMode { get; init; } = "server";

    /// <summary>Clients that are up.</summary>
    public int Up { get; init; }

    /// <summary>Clients that are booting.</summary>
    public int BootingCount { get; init; }

    /// <summary>Clients that are stuck.</summary>
    public int Stuck { get; init; }

    /// <summary>Clients that are booting, longest first.</summary>
    public IReadOnlyList<PanelBoot> Boots { get; init; } = [];

    /// <summary>Images that are being imported, longest first, and those whose import ended a moment ago.</summary>
    public IReadOnlyList<PanelImport> Imports { get; init; } = [];

    /// <summary>Faults, newest first.</summary>
    public IReadOnlyList<PanelFault> Faults { get; init; } = [];

    /// <summary>The data disk; null if it cannot be read.</summary>
    public PanelStorage? Storage { get; init; }

    /// <summary>The network that the clients are on.</summary>
    public PanelNetwork Network { get; init; } = new();

    /// <summary>Who may become a client.</summary>
    public PanelPairing Pairing { get; init; } = new();

    /// <summary>Fingerprint of the SSH host key, such as <c>SHA256:…</c>; null if there is none.</summary>
    public string? SshFingerprint { get; init; }

    /// <summary>Whether this system can be reset to how it came; null while that is not known.</summary>
    public bool? CanReset { get; init; }

    /// <summary>Bytes sent to clients since the start: the activity LED flickers while it grows.</summary>
    public long BytesSent { get; init; }
}
