using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Fleet.Timeline;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble watch</c>: the fleet live in a terminal, or every stage of every boot as a line.</summary>
internal static class WatchCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line." };
        var lines = new Option<bool>("--lines") { Description = "Print a line for every stage, file and fault instead of a table." };
        var command = new Command("watch", "Shows the fleet as it changes, with keys to look into a client; where it is no terminal, a line for every stage of every boot.") { json, lines };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            bool plain = result.GetValue(json);
            if (!plain && !result.GetValue(lines) && !Console.IsOutputRedirected && !Console.IsInputRedirected)
            {
                await new WatchLive(bus).RunAsync(cancellation);
                return;
            }

            await using IAsyncDisposable watch = await new FleetBusProxy(bus).WatchBootEventsAsync(line => Write(line, plain));
            await Task.WhenAny(bus.Closed, Task.Delay(Timeout.Infinite, cancellation));
        }));
        return command;
    }

    private static void Write(string line, bool plain)
    {
        if (plain || JsonSerializer.Deserialize(line, FleetJson.Default.BootEvent) is not { } e)
        {
            Console.WriteLine(line);
            return;
        }

        string colour = e.Kind switch
        {
            BootEventKind.Fault => "red",
            BootEventKind.Transfer => "dim",
            BootEventKind.Stage when e.Stage == BootStage.Up => "green",
            _ => "default",
        };
        string clock = e.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string seconds = e.Boot > 0 ? string.Create(CultureInfo.InvariantCulture, $"{e.Seconds,7:0.0} s") : "         ";
        AnsiConsole.MarkupLine($"[dim]{clock}[/] {seconds}  {Markup.Escape(e.Client ?? e.Board),-16} [{colour}]{Markup.Escape(e.Text)}[/]");
    }
}
