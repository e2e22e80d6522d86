namespace Bramble.Fleet.Timeline;

/// <summary>One line that a board's bootloader sent over the network.</summary>
/// <param name="Time">When it came, UTC.</param>
/// <param name="Text">Printable ASCII.</param>
public sealed record BootLogLine(DateTimeOffset Time, string Text);
