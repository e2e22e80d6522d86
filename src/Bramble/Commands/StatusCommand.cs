using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble status</c>: the fleet at a glance.</summary>
internal static class StatusCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var command = new Command("status", "Shows the fleet at a glance.") { json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            if (result.GetValue(json))
            {
                Console.WriteLine(await new FleetBusProxy(bus).GetStatusAsync(cancellation));
                return;
            }

            StatusView.Write(AnsiConsole.Console, JsonSerializer.Deserialize(await new FleetBusProxy(bus).GetOverviewAsync(cancellation), FleetJson.Default.FleetStatus)!);
        }));
        return command;
    }
}
