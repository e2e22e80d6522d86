using System.Text.Json.Serialization;

namespace Bramble.Storage.Images;

/// <summary>What <c>sfdisk --json</c> prints, as far as it is used.</summary>
internal sealed record SfdiskOutput([property: JsonPropertyName("partitiontable")] SfdiskTable? PartitionTable);

/// <summary>The table.</summary>
internal sealed record SfdiskTable(
    [property: JsonPropertyName("label")] string? Label,
    [property: JsonPropertyName("unit")] string? Unit,
    [property: JsonPropertyName("sectorsize")] long? SectorSize,
    [property: JsonPropertyName("partitions")] SfdiskPartition[]? Partitions);

/// <summary>One partition, in sectors.</summary>
internal sealed record SfdiskPartition(
    [property: JsonPropertyName("start")] ulong Start,
    [property: JsonPropertyName("size")] ulong Size,
    [property: JsonPropertyName("type")] string? Type);
