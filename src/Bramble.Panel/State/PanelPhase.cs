namespace Bramble.Panel.State;

/// <summary>What the server does as a whole.</summary>
public enum PanelPhase
{
    /// <summary>It is starting.</summary>
    Starting,

    /// <summary>It serves.</summary>
    Serving,

    /// <summary>An update is being installed.</summary>
    Updating,

    /// <summary>The machine shuts down.</summary>
    ShuttingDown,

    /// <summary>The machine is reset to how it came.</summary>
    Resetting,
}
