using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Storm;

/// <summary>Reads each expected file once, for many boards.</summary>
internal sealed class RememberedFiles(IExpectedFiles files) : IExpectedFiles
{
    private readonly Dictionary<string, (Expectation Expectation, ReadOnlyMemory<byte> Content)> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Expectation Find(string name, out ReadOnlyMemory<byte> content)
    {
        if (!_known.TryGetValue(name, out (Expectation Expectation, ReadOnlyMemory<byte> Content) known))
        {
            known.Expectation = files.Find(name, out known.Content);
            _known[name] = known;
        }

        content = known.Content;
        return known.Expectation;
    }
}
