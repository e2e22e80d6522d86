namespace Bramble.Configuration;

/// <summary>How an LED or the button is connected.</summary>
internal enum PanelPartKind
{
    /// <summary>Found by looking.</summary>
    Auto,

    /// <summary>Not at all.</summary>
    Off,

    /// <summary>A GPIO line.</summary>
    Gpio,

    /// <summary>An LED or an input device of the kernel.</summary>
    Device,
}
