namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// What somebody who works with the server may believe: what is there for certain, because it was acknowledged, and what may be there in its stead, because
/// it was asked for and not answered yet. Of one tag; see <see cref="World.SeeAsync"/>.
/// </summary>
internal sealed class Beliefs
{
    private IReadOnlyList<string> _certain = [];
    private IReadOnlyList<IReadOnlyList<string>> _possible = [];

    /// <summary>What was acknowledged, line by line.</summary>
    public IReadOnlyList<string> Certain => _certain;

    /// <summary>What was asked for last; null if nothing is under way.</summary>
    public string? UnderWay { get; private set; }

    /// <summary>Something is asked for.</summary>
    public void Ask(string what, params IReadOnlyList<IReadOnlyList<string>> outcomes) => (UnderWay, _possible) = (what, outcomes);

    /// <summary>It was answered: the last outcome is what is there.</summary>
    public void Acknowledge() => (UnderWay, _certain, _possible) = (null, _possible[^1], []);

    /// <summary>What was found after a power cut is what is there.</summary>
    /// <returns>False if nobody had reason to expect that.</returns>
    public bool Find(IReadOnlyList<string> seen)
    {
        bool isExpected = seen.SequenceEqual(_certain) || _possible.Any(seen.SequenceEqual);
        (UnderWay, _certain, _possible) = (null, seen, []);
        return isExpected;
    }

    public override string ToString() =>
        string.Join("\n  or\n", ((IEnumerable<IReadOnlyList<string>>)[_certain, .. _possible]).Select(static lines => string.Join('\n', lines.Select(static line => "  " + line))));
}
