namespace Bramble.VirtualPi.Boot;

/// <summary>What a board should be given; file names without prefix, with single slashes.</summary>
public interface IExpectedFiles
{
    /// <summary>
    /// Says what is known of a file. <paramref name="content"/> is its content when <see cref="Expectation.Content"/> is returned.
    /// </summary>
    Expectation Find(string name, out ReadOnlyMemory<byte> content);
}
