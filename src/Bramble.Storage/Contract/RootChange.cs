namespace Bramble.Storage.Contract;

/// <summary>A client's next boot gets another state of its root.</summary>
/// <param name="Client">The client.</param>
/// <param name="Source">What the new state was made from: the name of a snapshot, or of an image.</param>
/// <param name="Image">The image that the new state was made from, at first or second hand.</param>
/// <param name="Kept">Name of the snapshot that holds what the client had before; empty if nothing was changed.</param>
/// <param name="InUse">The client runs, or ran when it was last seen, on what it had before, and keeps it until it boots again.</param>
public sealed record RootChange(string Client, string Source, string Image, string Kept, bool InUse)
{
    /// <summary>The kind of the new state.</summary>
    public RootKind? Kind { get; init; }
}
