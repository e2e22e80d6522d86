using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Bramble.Storage.Contract;

namespace Bramble.Commands;

/// <summary><c>bramble why NAME</c>: the story of the last boot, and what to do if it stands still.</summary>
internal static class WhyCommand
{
    private const int LongestLine = 110;
    private const int PlainLine = 100;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "A client, or the serial number or MAC address of a board." }.OfClientsAndBoards();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("why", "Tells the last boot of a client or board in plain words: how far it came, why it stands still, what to do.") { name, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string wanted = result.GetRequiredValue(name);
            FleetStatus fleet = await BusCommand.StatusAsync(bus, cancellation);
            BootFileStatus[] files = JsonSerializer.Deserialize(await new FleetBusProxy(bus).GetBootFilesAsync(wanted, cancellation), FleetJson.Default.BootFileStatusArray) ?? [];
            BootLogStatus[] log = JsonSerializer.Deserialize(await new FleetBusProxy(bus).GetBootLogAsync(wanted, cancellation), FleetJson.Default.BootLogStatusArray) ?? [];
            BootStory story = StoryMaker.Tell(fleet, wanted, files, log)
                ?? throw new StorageException($"There is no client or board '{wanted}'. 'bramble status' shows those there are.");
            Console.Write(result.GetValue(json)
                ? JsonSerializer.Serialize(story, FleetJson.Default.BootStory) + "\n"
                : StoryText.Write(story, Console.IsOutputRedirected ? PlainLine : Math.Min(LongestLine, Console.WindowWidth)));
        }));
        return command;
    }
}
