namespace Bramble.Storage.Contract;

/// <summary>How far an import is.</summary>
/// <param name="Step">What is being done, for people: "Decompressing", "Copying the root tree".</param>
/// <param name="Done">Bytes done in this step.</param>
/// <param name="Total">Bytes in this step; 0 if not known.</param>
public sealed record ImportProgress(string Step, long Done, long Total);
