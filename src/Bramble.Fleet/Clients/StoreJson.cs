using System.Text.Json.Serialization;
using Bramble.Fleet.Timeline;

namespace Bramble.Fleet.Clients;

/// <summary>JSON of the state files, made at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(JsonConverters.OfMac),
        typeof(JsonConverters.OfAddress),
        typeof(JsonConverters.OfSerial),
        typeof(JsonConverters.OfBoardRef),
        typeof(JsonConverters.OfRevision),
        typeof(JsonConverters.OfRootKind),
        typeof(JsonConverters.OfModel),
        typeof(JsonConverters.OfFamily),
        typeof(JsonConverters.OfStage),
        typeof(JsonConverters.OfOutcome),
    ])]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(Board))]
[JsonSerializable(typeof(PreparedRoot))]
[JsonSerializable(typeof(BoardBoots))]
[JsonSerializable(typeof(RegistryFile))]
internal sealed partial class StoreJson : JsonSerializerContext;
