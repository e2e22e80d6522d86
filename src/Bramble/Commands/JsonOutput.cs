using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary>The option <c>--json</c> of a command that does something: what became of it stands alone on standard output, words for people go to standard error.</summary>
internal sealed class JsonOutput
{
    private readonly TextWriter? _output;

    private JsonOutput(TextWriter? output) => _output = output;

    /// <summary>The option.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Print JSON." };

    /// <summary>Looks whether it is wanted, before anything is written.</summary>
    public static JsonOutput Of(ParseResult result, Option<bool> option)
    {
        if (!result.GetValue(option))
        {
            return new JsonOutput(null);
        }

        TextWriter output = Console.Out;
        Console.SetOut(Console.Error);
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return new JsonOutput(output);
    }

    /// <summary>Writes the result, if JSON is wanted.</summary>
    public void Write<T>(T value, JsonTypeInfo<T> type) => _output?.WriteLine(JsonSerializer.Serialize(value, type));
}
