using System.Text.Json.Serialization;
using Bramble.Fleet.Timeline;

namespace Bramble.Fleet.Status;

/// <summary>JSON of what the fleet shows, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseStage), typeof(CamelCaseKind)])]
[JsonSerializable(typeof(FleetStatus))]
[JsonSerializable(typeof(ClientStatus))]
[JsonSerializable(typeof(ClientStatus[]))]
[JsonSerializable(typeof(BootEvent))]
[JsonSerializable(typeof(Faults.FaultEntry))]
[JsonSerializable(typeof(Faults.FaultEntry[]))]
[JsonSerializable(typeof(BootStatus[]))]
[JsonSerializable(typeof(BootFileStatus[]))]
[JsonSerializable(typeof(BootLogStatus[]))]
[JsonSerializable(typeof(FleetNames))]
[JsonSerializable(typeof(Story.BootStory))]
public sealed partial class FleetJson : JsonSerializerContext;
