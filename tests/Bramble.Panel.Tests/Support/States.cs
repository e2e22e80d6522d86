using Bramble.Panel.State;

namespace Bramble.Panel.Tests.Support;

/// <summary>States of a box as they occur.</summary>
internal static class States
{
    public static PanelState Calm { get; } = new()
    {
        Name = "bramble",
        Version = "0.1.0",
        Machine = "Raspberry Pi 4 Model B Rev 1.4",
        Phase = PanelPhase.Serving,
        Uptime = new TimeSpan(3, 4, 5, 0),
        DhcpMode = "server",
        Up = 12,
        Storage = new PanelStorage(45_200_000_000, 62_000_000_000, 3, TimeSpan.FromHours(3)),
        Network = new PanelNetwork { Interface = "eth0", Address = "192.168.1.10", PrefixLength = 24, Megabits = 1000 },
        SshFingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrmXtNq8pGkW2o9Z3tYh5aQk",
        CanReset = true,
    };

    public static PanelState Busy { get; } = Calm with
    {
        BootingCount = 5,
        Up = 7,
        Boots =
        [
            new("küche", "kernel", 0.7, TimeSpan.FromSeconds(14)),
            new("pi-a1b2c3d4", "firmware", 0.42, TimeSpan.FromSeconds(8)),
            new("werkstatt-oben-links", "root", 0.9, TimeSpan.FromSeconds(31)),
            new("Ναυσικά", "bound", 0.2, TimeSpan.FromSeconds(3)),
            new("pi-00c0ffee", "discover", 0.05, TimeSpan.FromSeconds(1)),
        ],
    };

    public static PanelState Troubled { get; } = Busy with
    {
        Stuck = 2,
        Faults =
        [
            new("BR201", "pi-a1b2c3d4", "Boot file is missing", "Import the image again."),
            new("BR103", "keller", "It asks for no file", "Open UDP port 69 between it and here."),
        ],
    };

    public static PanelState Waiting { get; } = Calm with
    {
        Pairing = new PanelPairing
        {
            Boards = [new("a1b2c3d4", "4 Model B", false), new("10000000", "3 Model B+", false), new("b8:27:eb:01:02:03", null, false)],
        },
        Faults = [new("BR104", "a1b2c3d4", "Waits to be let in", "Hold the button 1 s to let it in.", IsAttention: true)],
    };

    public static PanelState Pairing { get; } = Calm with
    {
        Pairing = new PanelPairing { Left = TimeSpan.FromSeconds(103) },
    };

    public static PanelState Paired { get; } = Calm with
    {
        Pairing = new PanelPairing
        {
            Left = TimeSpan.FromSeconds(78),
            Boards = [new("a1b2c3d4", "4 Model B", true), new("5f6e7d8c", "Compute Module 4", false)],
        },
    };

    public static PanelState OpenDoor { get; } = Calm with { Pairing = new PanelPairing { AlwaysOpen = true } };

    public static PanelState ByList { get; } = Waiting with { Pairing = Waiting.Pairing with { ListOnly = true } };

    public static PanelState NoCable { get; } = Calm with
    {
        Network = new PanelNetwork { Interface = "eth0", Address = "192.168.1.10", PrefixLength = 24, HasLink = false },
    };

    public static PanelState Rival { get; } = Calm with
    {
        Stuck = 1,
        Network = Calm.Network with { Address = "192.168.100.210", OtherServer = "192.168.100.254", Megabits = 2500 },
    };

    public static PanelState Importing { get; } = Calm with
    {
        Imports = [new("2026-10-01-raspios-trixie-arm64-lite", "Decompressing", 0.42)],
    };

    public static PanelState ImportingStep { get; } = Calm with { Imports = [new("raspios-lite", "Looking into kernels and initramfs", null)] };

    public static PanelState ImportingTwo { get; } = Calm with
    {
        Imports = [Importing.Imports[0] with { Progress = 0.9, Step = "Copying the root tree" }, new("kiosk.tar.zst", "Reading", 0)],
    };

    public static PanelState Imported { get; } = Calm with { Imports = [Importing.Imports[0] with { HasEnded = true }] };

    public static PanelState NotImported { get; } = Calm with
    {
        Imports = [Importing.Imports[0] with { HasEnded = true, Failure = "There is an image raspios already. Remove it first, or give the new one another name." }],
    };

    public static PanelState FullDisk { get; } = Calm with { Storage = new PanelStorage(1_900_000_000, 62_000_000_000, 14, null) };
}
