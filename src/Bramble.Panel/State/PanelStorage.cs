namespace Bramble.Panel.State;

/// <summary>The data disk.</summary>
/// <param name="FreeBytes">Bytes that can be written.</param>
/// <param name="TotalBytes">Its size.</param>
/// <param name="Images">Images there are.</param>
/// <param name="LastSnapshot">How long ago the last snapshot was made; null for none.</param>
public sealed record PanelStorage(long FreeBytes, long TotalBytes, int Images, TimeSpan? LastSnapshot)
{
    /// <summary>Less than a twentieth is free.</summary>
    public bool IsNearlyFull => TotalBytes > 0 && FreeBytes < TotalBytes / 20;
}
