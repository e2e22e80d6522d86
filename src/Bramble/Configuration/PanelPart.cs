namespace Bramble.Configuration;

/// <summary>Where an LED or the button is.</summary>
/// <param name="Kind">How it is connected.</param>
/// <param name="Name">Of an LED or input device: its name. Of a GPIO line: its number or name.</param>
/// <param name="Chip">Of a GPIO line: its chip, such as <c>gpiochip1</c>; empty for the one of the header.</param>
/// <param name="ActiveLow">Of a GPIO line: a low level is active; null for what is usual (buttons low, LEDs high).</param>
internal sealed record PanelPart(PanelPartKind Kind, string Name = "", string Chip = "", bool? ActiveLow = null)
{
    /// <summary>Found by looking.</summary>
    public static PanelPart Auto { get; } = new(PanelPartKind.Auto);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        PanelPartKind.Gpio => Chip.Length == 0 ? $"gpio:{Name}" : $"gpio:{Chip}/{Name}",
        PanelPartKind.Device => Name,
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
