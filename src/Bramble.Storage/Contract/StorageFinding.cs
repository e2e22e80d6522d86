namespace Bramble.Storage.Contract;

/// <summary>Something that is wrong with the data folder or with what is served of it.</summary>
public sealed record StorageFinding
{
    /// <summary>
    /// Stable name: <c>foreign</c>, <c>unreadable</c>, <c>incomplete</c>, <c>orphan</c>, <c>dangling</c>, <c>leftover</c>, <c>export</c>, <c>target</c>.
    /// </summary>
    public required string Code { get; init; }

    /// <summary>The path, export or target that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Seen { get; init; }

    /// <summary>What mending it does or did; where it cannot be mended, what a person can do.</summary>
    public required string Remedy { get; init; }

    /// <summary>It can be mended without losing anything.</summary>
    public bool IsMendable { get; init; }

    /// <summary>It was.</summary>
    public bool IsMended { get; init; }
}
