namespace Bramble.Panel.State;

/// <summary>A board that asked to be let in.</summary>
/// <param name="Serial">Its serial, or its MAC where it does not say its serial.</param>
/// <param name="Model">Its model; null if it is not known.</param>
/// <param name="Enrolled">It has become a client.</param>
public sealed record PanelBoard(string Serial, string? Model, bool Enrolled);
