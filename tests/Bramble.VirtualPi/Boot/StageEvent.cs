using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Bramble.VirtualPi.Boot;

/// <summary>One thing that happened during a boot.</summary>
/// <param name="At">Time since power-on.</param>
/// <param name="Stage">What happened.</param>
/// <param name="Fields">Details by name; values are string, bool, int, long or double.</param>
public sealed record StageEvent(TimeSpan At, BootStage Stage, IReadOnlyList<KeyValuePair<string, object>> Fields)
{
    /// <summary>The detail of that name, or null.</summary>
    public object? this[string name]
    {
        get
        {
            foreach ((string key, object value) in Fields)
            {
                if (key == name)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>One line of JSON: <c>{"t":0.123,"stage":"file","path":"…"}</c>.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("t", Math.Round(At.TotalSeconds, 3));
            json.WriteString("stage", Name);
            foreach ((string name, object value) in Fields)
            {
                switch (value)
                {
                    case bool flag:
                        json.WriteBoolean(name, flag);
                        break;
                    case int number:
                        json.WriteNumber(name, number);
                        break;
                    case long number:
                        json.WriteNumber(name, number);
                        break;
                    case double number:
                        json.WriteNumber(name, Math.Round(number, 3));
                        break;
                    default:
                        json.WriteString(name, value.ToString());
                        break;
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A line for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{At.TotalSeconds,8:0.000} s  {Name,-8}");
        foreach ((string name, object value) in Fields)
        {
            text.Append(' ').Append(name).Append('=').Append(value is double number ? number.ToString("0.###") : value);
        }

        return text.ToString();
    }

    private string Name => Stage.ToString().ToLowerInvariant();
}
