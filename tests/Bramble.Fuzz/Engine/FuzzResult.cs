namespace Bramble.Fuzz.Engine;

/// <summary>What one run of the fuzzer came to.</summary>
/// <param name="Executions">Inputs tried.</param>
/// <param name="Corpus">Inputs that each showed something new.</param>
/// <param name="Failure">The first failure; null for none.</param>
internal sealed record FuzzResult(long Executions, IReadOnlyList<byte[]> Corpus, FuzzFailure? Failure);
