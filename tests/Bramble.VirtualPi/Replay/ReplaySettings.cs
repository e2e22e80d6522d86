using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Replay;

/// <summary>How transcripts are fitted to a live server.</summary>
internal sealed record ReplaySettings
{
    /// <summary>Beginnings of paths and what stands in their place.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Maps { get; init; } = [];

    /// <summary>What whole files must be.</summary>
    public IExpectedFiles Expected { get; init; } = AnyFiles.Instance;

    /// <summary>Seed of transaction ids.</summary>
    public int Seed { get; init; }

    /// <summary>The path to ask for.</summary>
    public string Map(string path)
    {
        foreach ((string from, string to) in Maps)
        {
            if (path.StartsWith(from, StringComparison.Ordinal))
            {
                return to + path[from.Length..];
            }
        }

        return path;
    }

    /// <summary>What is wrong with a whole file; null when nothing is.</summary>
    public string? Objection(string path, ReadOnlySpan<byte> content)
    {
        string name = path.Length > 9 && path[8] == '/' ? path[9..].TrimStart('/') : path;
        return Expected.Find(name, out ReadOnlyMemory<byte> expected) switch
        {
            Expectation.Absent => "a file that should not be there",
            Expectation.Content when !expected.Span.SequenceEqual(content) =>
                $"{content.Length} octets that differ from the {expected.Length} expected at offset {expected.Span.CommonPrefixLength(content)}",
            _ => null,
        };
    }
}
