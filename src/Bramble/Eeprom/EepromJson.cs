using System.Text.Json.Serialization;

namespace Bramble.Eeprom;

/// <summary>JSON of EEPROM settings, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EepromLine[]))]
[JsonSerializable(typeof(BootConf))]
internal sealed partial class EepromJson : JsonSerializerContext;
