namespace Bramble.Storage.Images;

/// <summary>A partition that lies inside its image, in bytes.</summary>
/// <param name="Number">From 1, in the table's order.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Type">The table's own type.</param>
internal sealed record Partition(int Number, long Offset, long Length, string Type);
