namespace Bramble.Panel.Control;

/// <summary>What a person asked for at the panel, for whoever runs it to do.</summary>
public enum PanelAction
{
    /// <summary>Open pairing for two minutes.</summary>
    OpenPairing,

    /// <summary>Close pairing.</summary>
    ClosePairing,

    /// <summary>Shut the machine down.</summary>
    PowerOff,

    /// <summary>Reset the machine to how it came.</summary>
    FactoryReset,
}
