namespace Bramble.Fleet.Rollouts;

/// <summary>The last boot of a client, as far as a rollout asks.</summary>
/// <param name="Started">When it began.</param>
/// <param name="IsUp">The system said that it is up.</param>
internal readonly record struct RolloutBoot(DateTimeOffset Started, bool IsUp);
