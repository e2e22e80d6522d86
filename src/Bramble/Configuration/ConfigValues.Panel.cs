using System.Globalization;
using Bramble.Panel.Display;

namespace Bramble.Configuration;

/// <content>Values of [panel].</content>
internal static partial class ConfigValues
{
    /// <summary>A kind of display, auto or off.</summary>
    public static string? PanelDisplay(IniEntry entry, Action<PanelDisplayChoice> set)
    {
        PanelDisplayChoice? choice = entry.Value.ToLowerInvariant() switch
        {
            "auto" => new(IsOff: false, Model: null),
            "off" => new(IsOff: true, Model: null),
            "ssd1306-128x64" => new(IsOff: false, DisplayModel.Ssd1306At64),
            "ssd1306-128x32" => new(IsOff: false, DisplayModel.Ssd1306At32),
            "sh1106" => new(IsOff: false, DisplayModel.Sh1106),
            _ => null,
        };
        return Set(choice is not null, choice!, set, "use one of: auto, off, ssd1306-128x64, ssd1306-128x32, sh1106.");
    }

    /// <summary>An LED or a button: auto, off, a GPIO line, or a device of the kernel.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="device">Word before a device's name: <c>led</c> or <c>input</c>.</param>
    /// <param name="set">Takes it.</param>
    public static string? PanelPartValue(IniEntry entry, string device, Action<PanelPart> set)
    {
        string[] words = entry.Value.Split(',', StringSplitOptions.TrimEntries);
        string place = words[0];
        bool? activeLow = words.Length == 1 ? null : words[1] switch { "active-low" => true, "active-high" => false, _ => null };
        PanelPart? part = place.ToLowerInvariant() switch
        {
            "auto" => PanelPart.Auto,
            "off" => new(PanelPartKind.Off),
            _ => Part(place, device, activeLow),
        };
        bool right = part is not null && words.Length <= 2 && (words.Length == 1 || (activeLow is not null && part.Kind == PanelPartKind.Gpio));
        return Set(right, part!, set, $"use auto, off, {device}:NAME, gpio:17, gpio:NAME or gpio:gpiochip1/4; after a gpio ', active-low' or ', active-high'.");
    }

    private static PanelPart? Part(string place, string device, bool? activeLow)
    {
        int colon = place.IndexOf(':');
        string kind = colon < 0 ? "" : place[..colon].ToLowerInvariant();
        string name = place[(colon + 1)..];
        if (name.Length == 0 || name.Contains("..", StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (kind == device)
        {
            // An LED's name is a folder's name; an input device may be called anything.
            return device == "led" && name.Contains('/', StringComparison.Ordinal) ? null : new PanelPart(PanelPartKind.Device, name);
        }

        string[] parts = name.Split('/');
        return kind != "gpio" ? null
            : parts.Length == 1 ? new PanelPart(PanelPartKind.Gpio, name, "", activeLow)
            : parts.Length == 2 && parts[0].StartsWith("gpiochip", StringComparison.Ordinal) ? new PanelPart(PanelPartKind.Gpio, parts[1], parts[0], activeLow)
            : null;
    }
}
