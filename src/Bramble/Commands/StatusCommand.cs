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
            string status = await new FleetBusProxy(bus).GetStatusAsync(cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(status);
                return;
            }

            FleetStatus fleet = JsonSerializer.Deserialize(status, FleetJson.Default.FleetStatus)!;
            StatusView.Write(AnsiConsole.Console, fleet);
        }));
        return command;
    }
}
