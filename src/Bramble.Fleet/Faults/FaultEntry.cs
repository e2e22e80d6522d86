namespace Bramble.Fleet.Faults;

/// <summary>What is always true of a fault, whatever the case: the source of its page, of the index and of <c>bramble fault</c>.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Seen">What the server sees, and after what time it calls it a fault.</param>
/// <param name="Causes">Likely causes, the likeliest first.</param>
/// <param name="Fixes">What to do, in this order.</param>
/// <param name="Over">When it is over.</param>
public sealed record FaultEntry(string Code, string Title, string Seen, IReadOnlyList<string> Causes, IReadOnlyList<string> Fixes, string Over)
{
    /// <summary>When this is not the fault although it looks like it; null if nothing is to be said.</summary>
    public string? NotThis { get; init; }
}
