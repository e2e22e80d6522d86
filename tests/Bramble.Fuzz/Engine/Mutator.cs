namespace Bramble.Fuzz.Engine;

/// <summary>Makes one small change.</summary>
/// <param name="random">The source of chance.</param>
/// <param name="input">What is changed; not to be written to.</param>
/// <param name="other">Another input of the corpus, to take pieces from.</param>
internal delegate byte[] Mutator(Random random, byte[] input, byte[] other);
