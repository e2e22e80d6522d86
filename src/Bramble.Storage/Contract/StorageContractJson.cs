using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bramble.Storage.Contract;

/// <summary>JSON of the contract's records, as they travel over the bus and are shown by <c>--json</c>: camelCase names, enumerations in lower case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(LowerCaseRootKind), typeof(LowerCaseSnapshotCause), typeof(LowerCaseArchiveKind)])]
[JsonSerializable(typeof(ImageInfo))]
[JsonSerializable(typeof(IReadOnlyList<ImageInfo>))]
[JsonSerializable(typeof(RootRequest))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ClientRoot))]
[JsonSerializable(typeof(SnapshotInfo))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotInfo>))]
[JsonSerializable(typeof(RootChange))]
[JsonSerializable(typeof(IReadOnlyList<EditStep>))]
[JsonSerializable(typeof(StorageUsage))]
[JsonSerializable(typeof(ArchiveInfo))]
[JsonSerializable(typeof(IReadOnlyList<StorageFinding>))]
public sealed partial class StorageContractJson : JsonSerializerContext
{
    /// <summary><c>nfs</c>, <c>iscsi</c>, <c>overlay</c>, <c>external</c>.</summary>
    public sealed class LowerCaseRootKind() : JsonStringEnumConverter<RootKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    /// <summary><c>client</c>, <c>image</c>.</summary>
    public sealed class LowerCaseArchiveKind() : JsonStringEnumConverter<ArchiveKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    /// <summary><c>hand</c>, <c>schedule</c>, <c>rollback</c>, <c>reset</c>, <c>update</c>, <c>found</c>.</summary>
    public sealed class LowerCaseSnapshotCause() : JsonStringEnumConverter<SnapshotCause>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
}
