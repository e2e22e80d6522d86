namespace Bramble.Storage.Contract;

/// <summary>What an image is to be made from.</summary>
public sealed record ImportRequest
{
    /// <summary>Absolute path of a file or folder; for a stream what it is called: its URL, its device, "standard input".</summary>
    public required string Source { get; init; }

    /// <summary>The image's name, or null to make one from the source's.</summary>
    public string? Name { get; init; }

    /// <summary>SHA-256 that the file or stream must have as it is given, 64 hex digits; null if it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes in the stream; 0 if not known. A stream that ends earlier or later is refused.</summary>
    public long Length { get; init; }

    /// <summary>Names of the edits that are switched off for it; see <see cref="EditCatalogue"/>.</summary>
    public IReadOnlyList<string> SkippedEdits { get; init; } = [];
}
