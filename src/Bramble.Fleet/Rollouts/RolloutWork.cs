namespace Bramble.Fleet.Rollouts;

/// <summary>Something that storage must do for a rollout.</summary>
/// <param name="Client">The client.</param>
/// <param name="Back">The snapshot that it goes back to; null to give it the new image.</param>
internal sealed record RolloutWork(string Client, string? Back);
