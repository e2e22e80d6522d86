namespace Bramble.Panel.Control;

/// <summary>Settings of the panel.</summary>
public sealed record PanelOptions
{
    /// <summary>The display goes dark after so long without a press or a new fault; null: never. Without a button it only dims: nothing could wake it.</summary>
    public TimeSpan? Sleep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Brightness of the display, 1 to 255.</summary>
    public byte Brightness { get; init; } = 207;

    /// <summary>Whether there is a button. Without one the pages turn by themselves.</summary>
    public bool HasButton { get; init; } = true;

    /// <summary>Columns of the display.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Rows of the display: 64 or 32.</summary>
    public int Height { get; init; } = 64;
}
