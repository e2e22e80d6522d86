using System.Text.Json.Serialization;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <summary>JSON of the records on disk and of sfdisk's output.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImageInfo))]
[JsonSerializable(typeof(StateRecord))]
[JsonSerializable(typeof(Intent))]
[JsonSerializable(typeof(IReadOnlyList<Original>))]
[JsonSerializable(typeof(SfdiskOutput))]
internal sealed partial class StorageJson : JsonSerializerContext;
