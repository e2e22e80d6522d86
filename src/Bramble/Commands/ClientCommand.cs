using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client add|approve|duplicate|export|forget|image|import|list|remove|replace|reset|restart|root|set|show</c>.</summary>
internal static class ClientCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("client", "Clients: named machines that boot from here.") { Add(), Approve(), Duplicate(), ArchiveCommand.CreateExport(ArchiveKind.Client), ClientSettings.Forget(), Image(), ClientSettings.Import(), List(), Remove(), ClientSettings.Replace(), Reset(), Restart(), ClientRootCommand.Create(), ClientSettings.Set(), Show() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "Its name, also its host name: a-z, 0-9 and -." };
        var board = new Option<string?>("--board", "--serial") { Description = "Its board: the last eight digits of the serial number, or the MAC address." }.OfBoards();
        var address = new Option<string?>("--address") { Description = "A fixed IPv4 address. Default: one of the pool." };
        var image = new Option<string?>("--image") { Description = "The image that it boots. Default: that of the configuration." }.OfImages();
        var root = new Option<string>("--root") { Description = "nfs (a folder of its own), iscsi (a disk of its own), overlay (the image itself, changes in memory), or another server's: nfs://SERVER/PATH, iscsi://SERVER/TARGET.", DefaultValueFactory = _ => "nfs" };
        var nfs = new Option<string?>("--nfs") { Description = "Version of NFS that its root is mounted with: 3 or 4.1. Default: what the configuration says, or the image can." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("add", "Adds a client.") { name, board, address, image, root, nfs, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            var request = new ClientRequest
            {
                Name = result.GetRequiredValue(name),
                Board = result.GetValue(board),
                Address = result.GetValue(address),
                Image = result.GetValue(image),
                Root = result.GetRequiredValue(root),
                Nfs = result.GetValue(nfs),
            };
            string added = await new FleetBusProxy(bus).AddClientAsync(JsonSerializer.Serialize(request, ClientRequestJson.Default.ClientRequest), cancellation);
            ClientRequest client = JsonSerializer.Deserialize(added, ClientRequestJson.Default.ClientRequest)!;
            output.Write(client, ClientRequestJson.Default.ClientRequest);
            AnsiConsole.MarkupLineInterpolated($"[green]Added[/] [bold]{client.Name}[/]: board {client.Board ?? "none yet"}, root {client.Root}, image {client.Image ?? "the default one"}");
        }));
        return command;
    }

    private static Command Approve()
    {
        var board = new Argument<string>("BOARD") { Description = "Its serial number or MAC address, as 'bramble status' shows it; or the client whose board was replaced or changed (BR115)." }.OfBoards();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("approve", "Lets a board that was seen boot: it becomes a client when it next asks, or takes the place of its client's board.") { board, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            string approved = await new FleetBusProxy(bus).ApproveAsync(result.GetRequiredValue(board), cancellation);
            output.Write(new ApprovedBoard(approved), CommandJson.Default.ApprovedBoard);
            AnsiConsole.MarkupLineInterpolated($"[green]Approved[/] [bold]{approved}[/]: it boots when it next asks.");
        }));
        return command;
    }

    private static Command Duplicate()
    {
        var name = new Argument<string>("NAME") { Description = "The client that is there." }.OfClients();
        var added = new Argument<string>("NEW") { Description = "Name of the new client." };
        var board = new Option<string?>("--board", "--serial") { Description = "Its board: the last eight digits of the serial number, or the MAC address." }.OfBoards();
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
            var request = new ClientRequest
            {
                Name = target,
                Board = result.GetValue(board),
                Address = result.GetValue(address),
                Image = root.Image,
                Root = root.Kind.ToString().ToLowerInvariant(),
            };
            await AddWithRootAsync(bus, request, cancellation);
            AnsiConsole.MarkupLineInterpolated($"[green]Added[/] [bold]{target}[/] with what {source} has");
        }));
        return command;
    }

    /// <summary>Adds a client whose root is there already; where that fails, the root goes too: it would be in the way of the next try.</summary>
    public static async Task AddWithRootAsync(IBusConnection bus, ClientRequest request, CancellationToken cancellation)
    {
        try
        {
            await new FleetBusProxy(bus).AddClientAsync(JsonSerializer.Serialize(request, ClientRequestJson.Default.ClientRequest), cancellation);
        }
        catch
        {
            await BusCommand.Storage(bus).RemoveRootAsync(request.Name, CancellationToken.None);
            throw;
        }
    }

    private static Command Image()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var image = new Argument<string>("IMAGE") { Description = "The image that it is to boot." }.OfImages();
        var carry = new Option<string[]>("--carry") { Description = "Paths that are carried over from the old root. Host keys and machine id always are.", DefaultValueFactory = _ => ["/home"] };
        Option<bool> now = RestartNow.Option();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("image", "Has a client's next boot get a clone of another image. What it has now is kept as a snapshot.") { name, image, carry, now, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            RootChange change = await BusCommand.Storage(bus).ChangeImageAsync(
                result.GetRequiredValue(name), result.GetRequiredValue(image), result.GetRequiredValue(carry), progress, cancellation);
            await new FleetBusProxy(bus).SetImageAsync(change.Client, change.Image, cancellation);
            SnapshotCommand.WriteChange(change, progress, output);
            await RestartNow.DoAsync(result.GetValue(now), bus, change, cancellation);
        }));
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var command = new Command("remove", "Removes a client with its root and all its snapshots. Its board becomes one that is not known.") { name };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string client = result.GetRequiredValue(name);
            // First the client: a root without one is found by the doctor, a client without its root would get a new one.
            bool found = await new FleetBusProxy(bus).RemoveClientAsync(client, cancellation);
            try
            {
                await BusCommand.Storage(bus).RemoveRootAsync(client, cancellation);
            }
            catch (StorageException e) when (found && e.Code == StorageException.NoRoot)
            {
                // It never booted.
            }

            AnsiConsole.MarkupLineInterpolated($"[green]Removed[/] [bold]{client}[/]");
        }));
        return command;
    }

    private static Command Reset()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        Option<bool> now = RestartNow.Option();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("reset", "Has a client's next boot get a fresh clone of its image. What it has now is kept as a snapshot.") { name, now, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            RootChange change = await BusCommand.Storage(bus).ResetAsync(result.GetRequiredValue(name), progress, cancellation);
            SnapshotCommand.WriteChange(change, progress, output);
            await RestartNow.DoAsync(result.GetValue(now), bus, change, cancellation);
        }));
        return command;
    }

    private static Command Restart()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var command = new Command("restart", "Asks a client that runs to restart.") { name };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string client = result.GetRequiredValue(name);
            if (!await RestartNow.AskAsync(bus, client, cancellation))
            {
                throw new StorageException(RestartNow.OutOfReach(client));
            }
        }));
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "Lists the clients.") { json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            FleetStatus fleet = await BusCommand.StatusAsync(bus, cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize([.. fleet.Clients], FleetJson.Default.ClientStatusArray));
                return;
            }

            StatusView.WriteClients(AnsiConsole.Console, fleet);
        }));
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("NAME") { Description = "The client, or the serial number or MAC address of its board." }.OfClients();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var files = new Option<bool>("--files") { Description = "Print every file that its last boot asked for: result, bytes, rate, packets sent again." };
        var log = new Option<bool>("--log") { Description = "Print what its board's bootloader logged over the network at its last boot ([clients] netconsole, and NETCONSOLE in its EEPROM)." };
        var edits = new Option<bool>("--edits") { Description = "Print every change that was made to its root, with what was there before." };
        var command = new Command("show", "Shows a client, every stage of its last boot with its time, and its fault.") { name, json, files, log, edits };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string wanted = result.GetRequiredValue(name);
            FleetStatus fleet = await BusCommand.StatusAsync(bus, cancellation);
            ClientStatus client = fleet.Clients.FirstOrDefault(c => c.Name == wanted || c.Board == wanted || c.Mac == wanted)
                ?? throw new StorageException($"There is no client '{wanted}'. 'bramble client list' shows those there are.");
            if (result.GetValue(edits))
            {
                IReadOnlyList<EditStep> made = await BusCommand.Storage(bus).ListEditsAsync(client.Name, cancellation);
                if (result.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(made, StorageContractJson.Default.IReadOnlyListEditStep));
                }
                else
                {
                    ImageCommand.WriteEdits(made);
                }
            }
            else if (result.GetValue(files))
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
            else if (result.GetValue(log))
            {
                string logged = await new FleetBusProxy(bus).GetBootLogAsync(client.Name, cancellation);
                if (result.GetValue(json))
                {
                    Console.WriteLine(logged);
                }
                else
                {
                    StatusView.WriteLog(JsonSerializer.Deserialize(logged, FleetJson.Default.BootLogStatusArray) ?? []);
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
