namespace Bramble.Panel.State;

/// <summary>A client on its way.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stage">The stage that it stands at, one short word.</param>
/// <param name="Progress">How far it is, 0 to 1.</param>
/// <param name="Elapsed">Since it began.</param>
public sealed record PanelBoot(string Name, string Stage, double Progress, TimeSpan Elapsed);
