using Bramble.Panel.Display;

namespace Bramble.Configuration;

/// <summary>[panel], checked. Whether the parts are there is known only later.</summary>
internal sealed record PanelConfig
{
    /// <summary>[panel] display; null: found by looking.</summary>
    public PanelDisplayChoice Display { get; set; } = new(IsOff: false, Model: null);

    /// <summary>[panel] display-bus; null: all.</summary>
    public int? DisplayBus { get; set; }

    /// <summary>[panel] upside-down.</summary>
    public bool UpsideDown { get; set; }

    /// <summary>[panel] brightness, 1 to 255.</summary>
    public byte Brightness { get; set; } = 207;

    /// <summary>[panel] sleep.</summary>
    public TimeSpan Sleep { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>[panel] status-led.</summary>
    public PanelPart StatusLed { get; set; } = PanelPart.Auto;

    /// <summary>[panel] activity-led.</summary>
    public PanelPart ActivityLed { get; set; } = PanelPart.Auto;

    /// <summary>[panel] button.</summary>
    public PanelPart Button { get; set; } = PanelPart.Auto;
}
