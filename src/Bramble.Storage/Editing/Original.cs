using Bramble.Linux.Files;

namespace Bramble.Storage.Editing;

/// <summary>What was in the place of a file before an edit, so that the edit can be taken back. Kept beside the image, readable by root alone.</summary>
/// <param name="Step">Name of the edit.</param>
/// <param name="IsBoot">It lies in the boot tree; else in the root tree.</param>
/// <param name="File">Path in that tree.</param>
/// <param name="Kind">What was there; null for nothing.</param>
internal sealed record Original(string Step, bool IsBoot, string File, FileKind? Kind)
{
    /// <summary>Permissions of a file.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>Content of a file; null if it is too large to be kept, such as a swap file, which is not brought back then.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Where a symbolic link led.</summary>
    public string? Target { get; init; }
}
