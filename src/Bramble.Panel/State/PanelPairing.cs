namespace Bramble.Panel.State;

/// <summary>Who may become a client.</summary>
public sealed record PanelPairing
{
    /// <summary>Every Raspberry Pi that asks is taken in: there is nothing to open.</summary>
    public bool AlwaysOpen { get; init; }

    /// <summary>Only boards that were listed by hand are taken in: pairing cannot be opened.</summary>
    public bool ListOnly { get; init; }

    /// <summary>Time until pairing closes; null while it is closed.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Boards seen lately: those that wait, and those taken in since pairing was opened; newest first.</summary>
    public IReadOnlyList<PanelBoard> Boards { get; init; } = [];
}
