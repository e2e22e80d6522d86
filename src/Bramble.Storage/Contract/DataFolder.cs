namespace Bramble.Storage.Contract;

/// <summary>What others than the storage process may read in the data folder, beside boot folders.</summary>
public static class DataFolder
{
    /// <summary>An empty file, last written when the last snapshot was taken. Not there before the first one.</summary>
    public const string LastSnapshot = "last-snapshot";
}
