namespace Bramble.Panel.Display;

/// <summary>Kinds of displays.</summary>
public enum DisplayModel
{
    /// <summary>SSD1306 with 128×64 pixels, 0.96".</summary>
    Ssd1306At64,

    /// <summary>SSD1306 with 128×32 pixels, 0.91".</summary>
    Ssd1306At32,

    /// <summary>SH1106 with 128×64 pixels, 1.3".</summary>
    Sh1106,
}
