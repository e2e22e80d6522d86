using System.Text.Json;
using System.Text.Json.Serialization;
using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Clients;

/// <summary>One physical Raspberry Pi, as seen on the wire.</summary>
public sealed record Board
{
    private readonly int _version = 1;

    /// <summary>Version of the record's form in its file.</summary>
    public int Version { get => _version; init => _version = Math.Max(1, value); }

    /// <summary>Its Ethernet address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>The low 32 bits of its serial; null until it said it.</summary>
    public BoardSerial? Serial { get; init; }

    /// <summary>Its revision code; null until it said it, and for boards before the Pi 4.</summary>
    public uint? Revision { get; init; }

    /// <summary>Its model.</summary>
    public PiModel Model { get; init; }

    /// <summary>How it behaves on the wire.</summary>
    public PiFamily Family { get; init; }

    /// <summary>When it was first seen, UTC.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last seen, UTC.</summary>
    public DateTimeOffset LastSeen { get; init; }

    /// <summary>A person or the enrolment policy let it boot.</summary>
    public bool Approved { get; init; }

    /// <summary>Fields of newer versions, kept as they are.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>Its name in commands and files.</summary>
    [JsonIgnore]
    public BoardRef Ref => new(Serial, Mac);

    /// <summary>Memory in MiB from bits 20–22 of the revision code; null where that is not known.</summary>
    [JsonIgnore]
    public int? MemoryMiB => Revision is { } code && (code & (1u << 23)) != 0 ? 256 << (int)((code >> 20) & 7) : null;

    /// <summary>True if a Pi 3's MAC (b8:27:eb and the low three bytes of its serial) belongs to <paramref name="serial"/>.</summary>
    internal static bool MacFitsSerial(MacAddress mac, BoardSerial serial) =>
        mac.Oui == 0xb827eb && (mac.Value & 0xFF_FFFF) == (serial.Value & 0xFF_FFFF);
}
