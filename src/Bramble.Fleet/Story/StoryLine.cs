namespace Bramble.Fleet.Story;

/// <summary>One step of a boot.</summary>
/// <param name="Seconds">Seconds since the boot began; null for a line that belongs to the one before.</param>
/// <param name="Text">What happened.</param>
public sealed record StoryLine(double? Seconds, string Text);
