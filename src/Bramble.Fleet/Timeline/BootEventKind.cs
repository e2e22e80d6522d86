namespace Bramble.Fleet.Timeline;

/// <summary>What a <see cref="BootEvent"/> tells.</summary>
public enum BootEventKind
{
    /// <summary>A boot reached a stage.</summary>
    Stage,

    /// <summary>A fault appeared.</summary>
    Fault,

    /// <summary>A fault is over.</summary>
    Cleared,

    /// <summary>A client was made for a board.</summary>
    Enrolled,

    /// <summary>The server began to give addresses, or to be a proxy beside another server.</summary>
    Mode,

    /// <summary>A file was sent, or its transfer broke off. Probes and names that are not there make no event of their own.</summary>
    Transfer,

    /// <summary>A client that was up is no longer heard of.</summary>
    Silent,

    /// <summary>A client that was silent is heard of again.</summary>
    Heard,
}
