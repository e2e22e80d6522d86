using System.Text.Json;
using System.Text.Json.Serialization;
using Bramble.Fleet.Timeline;

namespace Bramble.Fleet.Status;

/// <summary>Stages as <c>discover</c>, <c>offered</c> and so on.</summary>
internal sealed class CamelCaseStage() : JsonStringEnumConverter<BootStage>(JsonNamingPolicy.CamelCase);
