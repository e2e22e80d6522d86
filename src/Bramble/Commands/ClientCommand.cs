using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client add|approve|duplicate|list|reset|show</c>.</summary>
internal static class ClientCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("client", "Clients: named machines that boot from here.") { Add(), Approve(), Duplicate(), List(), Reset(), Show() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "Its name, also its host name: a-z, 0-9 and -." };
        var board = new Option<string?>("--board", "--serial") { Description = "Its board: the last eight digits of the serial number, or the MAC address." };
        var address = new Option<string?>("--address") { Description = "A fixed IPv4 address. Default: one of the pool." };
        var image = new Option<string?>("--image") { Description = "The image that it boots. Default: that of the configuration." };
        var root = new Option<string>("--root") { Description = "nfs (a folder of its own) or iscsi (a disk of its own).", DefaultValueFactory = _ => "nfs" };
        var command = new Command("add", "Adds a client.") { name, board, address, image, root };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var request = new ClientRequest
            {
                Name = result.GetRequiredValue(name),
                Board = result.GetValue(board),
                Address = result.GetValue(address),
                Image = result.GetValue(image),
                Root = result.GetRequiredValue(root),
            };
            string added = await new FleetBusProxy(bus).AddClientAsync(JsonSerializer.Serialize(request, ClientRequestJson.Default.ClientRequest), cancellation);
            ClientRequest client = JsonSerializer.Deserialize(added, ClientRequestJson.Default.ClientRequest)!;
            AnsiConsole.MarkupLineInterpolated($"[green]Added[/] [bold]{client.Name}[/]: board {client.Board ?? "none yet"}, root {client.Root}, image {client.Image ?? "the default one"}");
        }));
        return command;
    }

    private static Command Approve()
    {
        var board = new Argument<string>("BOARD") { Description = "Its serial number or MAC address, as 'bramble status' shows it." };
        var command = new Command("approve", "Lets a board that was seen boot: it becomes a client when it next asks.") { board };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
            AnsiConsole.MarkupLineInterpolated($"[green]Approved[/] [bold]{await new FleetBusProxy(bus).ApproveAsync(result.GetRequiredValue(board), cancellation)}[/]: it boots when it next asks.")));
        return command;
    }

    private static Command Duplicate()
    {
        var name = new Argument<string>("NAME") { Description = "The client that is there." };
        var added = new Argument<string>("NEW") { Description = "Name of the new client." };
        var board = new Option<string?>("--board", "--serial") { Description = "Its board: the last eight digits of the serial number, or the MAC address." };
        var address = new Option<string?>("--address") { Description = "A fixed IPv4 address. Default: one of the pool." };
        var command = new Command("duplicate", "Adds a client with what another has now. Identity, host keys and secrets are not copied.") { name, added, board, address };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string source = result.GetRequiredValue(name);
            string target = result.GetRequiredValue(added);
            FleetStatus fleet = await BusCommand.StatusAsync(bus, cancellation);
            if (fleet.Clients.Any(c => c.Name == target))
            {
                throw new StorageException($"There is a client '{target}' already.");
            }

            StorageBusProxy storage = BusCommand.Storage(bus);
            using var progress = new ProgressLine();
            ClientRoot root = await storage.DuplicateAsync(source, target, progress, cancellation);
            progress.Dispose();
            try
            {
                var request = new ClientRequest
                {
                    Name = target,
                    Board = result.GetValue(board),
                    Address = result.GetValue(address),
                    Image = root.Image,
                    Root = root.Kind == RootKind.Iscsi ? "iscsi" : "nfs",
                };
                await new FleetBusProxy(bus).AddClientAsync(JsonSerializer.Serialize(request, ClientRequestJson.Default.ClientRequest), cancellation);
            }
            catch
            {
                // A root without its client would be in the way of the next try.
                await storage.RemoveRootAsync(target, CancellationToken.None);
                throw;
            }

            AnsiConsole.MarkupLineInterpolated($"[green]Added[/] [bold]{target}[/] with what {source} has");
        }));
        return command;
    }

    private static Command Reset()
    {
        var name = new Argument<string>("NAME") { Description = "The client." };
        var command = new Command("reset", "Has a client's next boot get a fresh clone of its image. What it has now is kept as a snapshot.") { name };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            using var progress = new ProgressLine();
            SnapshotCommand.WriteChange(await BusCommand.Storage(bus).ResetAsync(result.GetRequiredValue(name), progress, cancellation), progress);
        }));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the clients.");
        command.SetAction((_, cancellation) => BusCommand.RunAsync(async bus =>
            StatusView.WriteClients(AnsiConsole.Console, await BusCommand.StatusAsync(bus, cancellation))));
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("NAME") { Description = "The client, or the serial number or MAC address of its board." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var files = new Option<bool>("--files") { Description = "Print every file that its last boot asked for: result, bytes, rate, packets sent again." };
        var command = new Command("show", "Shows a client, every stage of its last boot with its time, and its fault.") { name, json, files };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string wanted = result.GetRequiredValue(name);
            FleetStatus fleet = await BusCommand.StatusAsync(bus, cancellation);
            ClientStatus client = fleet.Clients.FirstOrDefault(c => c.Name == wanted || c.Board == wanted || c.Mac == wanted)
                ?? throw new StorageException($"There is no client '{wanted}'. 'bramble client list' shows those there are.");
            if (result.GetValue(files))
            {
                string asked = await new FleetBusProxy(bus).GetBootFilesAsync(client.Name, cancellation);
                if (result.GetValue(json))
                {
                    Console.WriteLine(asked);
                }
                else
                {
                    StatusView.WriteFiles(AnsiConsole.Console, JsonSerializer.Deserialize(asked, FleetJson.Default.BootFileStatusArray) ?? []);
                }
            }
            else if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(client, FleetJson.Default.ClientStatus));
            }
            else
            {
                StatusView.WriteClient(AnsiConsole.Console, client);
            }
        }));
        return command;
    }
}
