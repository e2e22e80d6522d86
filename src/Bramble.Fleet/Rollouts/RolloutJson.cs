using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bramble.Fleet.Rollouts;

/// <summary>JSON of rollouts, on disk and on the bus, made at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseState), typeof(CamelCasePhase)])]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(RolloutOrder))]
public sealed partial class RolloutJson : JsonSerializerContext
{
    internal sealed class CamelCaseState() : JsonStringEnumConverter<RolloutState>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    internal sealed class CamelCasePhase() : JsonStringEnumConverter<RolloutPhase>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
}
