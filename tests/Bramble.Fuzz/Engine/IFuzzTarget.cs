namespace Bramble.Fuzz.Engine;

/// <summary>One surface that strangers can reach.</summary>
internal interface IFuzzTarget
{
    /// <summary>Its name on the command line and of its folder in the corpus.</summary>
    string Name { get; }

    /// <summary>Well-formed inputs to begin with.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>How its inputs are changed.</summary>
    Mutator Mutator { get; }

    /// <summary>Takes one input; throws where an invariant does not hold.</summary>
    void Run(ReadOnlySpan<byte> input);
}
