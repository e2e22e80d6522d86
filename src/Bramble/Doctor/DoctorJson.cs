using System.Text.Json.Serialization;

namespace Bramble.Doctor;

/// <summary>JSON of findings, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<DoctorFinding>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
