using System.Text.Json.Serialization;

namespace Bramble.Serving;

/// <summary>JSON of <see cref="ClientRequest"/>, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientRequest))]
internal sealed partial class ClientRequestJson : JsonSerializerContext;
