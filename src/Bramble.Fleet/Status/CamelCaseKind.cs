using System.Text.Json;
using System.Text.Json.Serialization;
using Bramble.Fleet.Timeline;

namespace Bramble.Fleet.Status;

/// <summary>Kinds of events as <c>stage</c>, <c>fault</c> and so on.</summary>
internal sealed class CamelCaseKind() : JsonStringEnumConverter<BootEventKind>(JsonNamingPolicy.CamelCase);
