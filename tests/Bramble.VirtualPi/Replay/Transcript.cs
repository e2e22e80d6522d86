using System.Globalization;
using System.Text.Json;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Replay;

/// <summary>A recorded boot: its packets in wire order (<c>tests/fixtures/transcripts.json</c>, schema <c>pi-netboot-transcripts/1</c>).</summary>
internal sealed record Transcript(string Id, string Model, string Scenario, IReadOnlyList<TranscriptPacket> Packets)
{
    private const string Schema = "pi-netboot-transcripts/1";

    /// <summary>The board that it was recorded from.</summary>
    public PiModel Board => Model.Contains("Pi 3 Model B+", StringComparison.Ordinal) ? PiModel.Pi3BPlus
        : Model.Contains("Pi 3", StringComparison.Ordinal) ? PiModel.Pi3B
        : Model.StartsWith("Pi 5", StringComparison.Ordinal) ? PiModel.Pi5
        : PiModel.Pi4B;

    /// <summary>Why this one cannot be replayed over IPv4, DHCP and TFTP; null when it can.</summary>
    public string? NotReplayable
    {
        get
        {
            foreach (TranscriptPacket packet in Packets)
            {
                if (packet.Protocol is "http" or "dhcp6" or "icmp6")
                {
                    return packet.Protocol == "http" ? "it is an HTTP boot" : "it is an IPv6 boot";
                }
            }

            return null;
        }
    }

    /// <summary>How the board behaves: its EEPROM is taken from the block size that it asks for.</summary>
    public PiProfile Profile
    {
        get
        {
            bool old = false;
            foreach (TranscriptPacket packet in Packets)
            {
                foreach ((string name, string value) in packet.Options)
                {
                    old |= name == "blksize" && value == "1024";
                }
            }

            return PiProfile.Create(Board, old ? new DateOnly(2021, 11, 22) : null);
        }
    }

    /// <summary>Serial, MAC and revision as far as the packets show them.</summary>
    public PiIdentity Identity
    {
        get
        {
            MacAddress? mac = null;
            uint? revision = null;
            uint serial = 0;
            foreach (TranscriptPacket packet in Packets)
            {
                if (mac is null && packet.FromPi && packet.Message.Length > 240)
                {
                    mac = MacAddress.FromOctets(packet.Message.AsSpan(28));
                    byte[] id = Wire.DhcpRequests.OptionOf(packet.Message, 97);
                    if (id is [0, _, (byte)'i' or (byte)'P', _, _, ..] && id.Length == UuidForms.Length)
                    {
                        revision = BitConverter.ToUInt32(id, 5);
                        serial = BitConverter.ToUInt32(id, 13);
                    }
                }

                if (serial == 0 && packet.Path.Length > 9 && packet.Path[8] == '/')
                {
                    _ = uint.TryParse(packet.Path.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out serial);
                }
            }

            return PiIdentity.Create(Board, serial, mac, revision);
        }
    }

    /// <summary>Reads a file of transcripts.</summary>
    /// <exception cref="FormatException">It is not of this schema.</exception>
    public static IReadOnlyList<Transcript> Load(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            if (Text(root, "schema") != Schema)
            {
                throw new FormatException($"{file}: schema '{Text(root, "schema")}' is not {Schema}.");
            }

            var transcripts = new List<Transcript>();
            foreach (JsonElement element in root.GetProperty("transcripts").EnumerateArray())
            {
                var packets = new List<TranscriptPacket>();
                foreach (JsonElement packet in element.GetProperty("packets").EnumerateArray())
                {
                    packets.Add(ReadPacket(packet));
                }

                transcripts.Add(new Transcript(Text(element, "id"), Text(element, "model"), Text(element, "scenario"), packets));
            }

            return transcripts;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }

    private static TranscriptPacket ReadPacket(JsonElement packet)
    {
        var options = new List<KeyValuePair<string, string>>();
        if (packet.TryGetProperty("options", out JsonElement element))
        {
            foreach (JsonProperty option in element.EnumerateObject())
            {
                options.Add(new(option.Name, option.Value.ToString()));
            }
        }

        return new TranscriptPacket
        {
            Direction = Text(packet, "dir"),
            Protocol = Text(packet, "proto"),
            Type = packet.TryGetProperty("type", out _) ? Text(packet, "type") : Text(packet, "op"),
            Stage = Text(packet, "stage"),
            Path = Text(packet, "path"),
            Expect = Text(packet, "expect"),
            Options = options,
            Message = Convert.FromHexString(Text(packet, "hex")),
        };
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
}
