using System.Text.Json.Serialization;

namespace Bramble.Commands;

/// <summary>JSON of what only the command line tells, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigCheck))]
[JsonSerializable(typeof(ImageCheck))]
[JsonSerializable(typeof(ApprovedBoard))]
internal sealed partial class CommandJson : JsonSerializerContext;
