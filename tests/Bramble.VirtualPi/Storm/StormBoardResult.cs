using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Storm;

/// <summary>How the boot of one board of a storm ended.</summary>
/// <param name="Identity">The board.</param>
/// <param name="Model">Its model.</param>
/// <param name="Events">What happened to it.</param>
public sealed record StormBoardResult(PiIdentity Identity, PiModel Model, IReadOnlyList<StageEvent> Events)
{
    /// <summary>True when everything was loaded.</summary>
    public bool Loaded => Last(BootStage.Loaded) is not null;

    /// <summary>The address that it came to; null for none.</summary>
    public string? Address => Last(BootStage.Bound)?["address"] as string;

    /// <summary>The fault, if there was one.</summary>
    public StageEvent? Fault => Last(BootStage.Fault);

    /// <summary>Time from power-on to its end.</summary>
    public TimeSpan Time => Events.Count > 0 ? Events[^1].At : default;

    /// <summary>Time from power-on to its last address.</summary>
    public TimeSpan Bound => Last(BootStage.Bound)?.At ?? default;

    /// <summary>Octets of the files that it loaded.</summary>
    public long Bytes => Events.Where(e => e.Stage == BootStage.File).Sum(e => Convert.ToInt64(e["bytes"], CultureInfo.InvariantCulture));

    /// <summary>Packets that it had to send again.</summary>
    public int Repeats => Events.Where(e => e.Stage == BootStage.File).Sum(e => Convert.ToInt32(e["repeats"], CultureInfo.InvariantCulture));

    /// <summary>One line of JSON.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("serial", Identity.SerialText);
            json.WriteString("mac", Identity.Mac.ToString());
            json.WriteString("model", Model.ToString());
            json.WriteBoolean("loaded", Loaded);
            json.WriteNumber("seconds", Math.Round(Time.TotalSeconds, 3));
            json.WriteString("address", Address);
            json.WriteNumber("discovers", Count(BootStage.Discover));
            json.WriteNumber("files", Count(BootStage.File));
            json.WriteString("unverified", string.Join(' ', Events.Where(e => e.Stage == BootStage.File && e["verified"] is false).Select(e => e["path"]).Distinct()));
            if (Fault is { } fault)
            {
                json.WriteString("fault", $"{fault["code"]}: {fault["reason"]}");
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private int Count(BootStage stage) => Events.Count(e => e.Stage == stage);

    private StageEvent? Last(BootStage stage) => Events.LastOrDefault(e => e.Stage == stage);
}
