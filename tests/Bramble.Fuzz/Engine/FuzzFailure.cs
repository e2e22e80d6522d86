namespace Bramble.Fuzz.Engine;

/// <summary>An input that broke its target.</summary>
/// <param name="Input">The input, made as small as could be.</param>
/// <param name="Error">What it did.</param>
internal sealed record FuzzFailure(byte[] Input, Exception Error);
