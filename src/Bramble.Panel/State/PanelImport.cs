namespace Bramble.Panel.State;

/// <summary>An operating system image that is being imported, or was a moment ago.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Step">What is being done.</param>
/// <param name="Progress">How far this step is, 0 to 1; null if that is not known.</param>
public sealed record PanelImport(string Name, string Step, double? Progress)
{
    /// <summary>It runs no longer.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Failure { get; init; }
}
