namespace Bramble.Eeprom;

/// <summary>One line of a <c>boot.conf</c> in words.</summary>
/// <param name="Number">From 1; 0 for what is missing.</param>
/// <param name="Text">The line itself.</param>
/// <param name="Name">The setting's name; null for a line that is none.</param>
/// <param name="Meaning">What it means.</param>
internal sealed record EepromLine(int Number, string Text, string? Name, string Meaning)
{
    /// <inheritdoc/>
    public override string ToString() => Number == 0 ? Meaning : $"{Text}  {Meaning}";
}
