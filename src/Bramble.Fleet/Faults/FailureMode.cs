namespace Bramble.Fleet.Faults;

/// <summary>One known way for a network boot to fail (docs/reference/pi-network-boot.md, "Failure modes"), and what this server makes of it.</summary>
/// <param name="Row">Its number there.</param>
/// <param name="Symptom">What a person sees.</param>
/// <param name="Verdict">Told, prevented, or not to be seen.</param>
/// <param name="Codes">The faults that tell it.</param>
/// <param name="How">From which observation, by what it is prevented, or why it cannot be seen.</param>
public sealed record FailureMode(int Row, string Symptom, FailureVerdict Verdict, IReadOnlyList<string> Codes, string How);
