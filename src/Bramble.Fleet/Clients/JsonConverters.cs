using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bramble.Dhcp.Boards;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Clients;

/// <summary>Converters of the state files: values are written as people write them.</summary>
internal static class JsonConverters
{
    public sealed class OfMac : JsonConverter<MacAddress>
    {
        public override MacAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            MacAddress.TryParse(reader.GetString(), out MacAddress mac) ? mac : throw new JsonException("a MAC address such as dc:a6:32:01:36:c2 was expected");

        public override void Write(Utf8JsonWriter writer, MacAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    public sealed class OfAddress : JsonConverter<Ipv4Address>
    {
        public override Ipv4Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Ipv4Address.TryParse(reader.GetString(), out Ipv4Address address) ? address : throw new JsonException("an IPv4 address such as 192.168.1.10 was expected");

        public override void Write(Utf8JsonWriter writer, Ipv4Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    public sealed class OfSerial : JsonConverter<BoardSerial>
    {
        public override BoardSerial Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            BoardSerial.TryParse(reader.GetString(), out BoardSerial serial) ? serial : throw new JsonException("a serial of eight hex digits was expected");

        public override void Write(Utf8JsonWriter writer, BoardSerial value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    public sealed class OfBoardRef : JsonConverter<BoardRef>
    {
        public override BoardRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            BoardRef.TryParse(reader.GetString(), out BoardRef board) ? board : throw new JsonException("a serial of eight hex digits or a MAC address was expected");

        public override void Write(Utf8JsonWriter writer, BoardRef value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    /// <summary>Revision codes as six hex digits, the way <c>/proc/cpuinfo</c> shows them.</summary>
    public sealed class OfRevision : JsonConverter<uint>
    {
        public override uint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            uint.TryParse(reader.GetString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                ? code
                : throw new JsonException("a revision code in hex was expected");

        public override void Write(Utf8JsonWriter writer, uint value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("x6", CultureInfo.InvariantCulture));
    }

    public sealed class OfRootKind() : JsonStringEnumConverter<RootKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    public sealed class OfModel() : JsonStringEnumConverter<PiModel>(JsonNamingPolicy.CamelCase);

    public sealed class OfFamily() : JsonStringEnumConverter<PiFamily>(JsonNamingPolicy.CamelCase);

    public sealed class OfStage() : JsonStringEnumConverter<BootStage>(JsonNamingPolicy.CamelCase);

    public sealed class OfOutcome() : JsonStringEnumConverter<Bramble.Tftp.Serving.TftpTransferOutcome>(JsonNamingPolicy.CamelCase);
}
