using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client set|replace|forget|import</c>: what a person says about clients that are there, and many new ones at once.</summary>
internal static class ClientSettings
{
    /// <summary><c>client set</c>.</summary>
    public static Command Set()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var address = new Option<string?>("--address") { Description = "A fixed IPv4 address; '' for one of the pool." };
        var host = new Option<string?>("--host-name") { Description = "Its host name; '' for its name." };
        var words = new Option<string[]>("--cmdline") { Description = "A word added to its kernel command line; again for more, '' alone for none." };
        var lines = new Option<string[]>("--config") { Description = "A line added to its config.txt; again for more, '' alone for none." };
        var tags = new Option<string[]>("--tag") { Description = "A word for people, and for 'rollout start --tag'; again for more, '' alone for none." };
        var nfs = new Option<string?>("--nfs") { Description = "Version of NFS that its root is mounted with: 3 or 4.1; '' for what the configuration says, or its image can." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("set", "Changes a client's settings; they hold from its next boot on.") { name, address, host, words, lines, tags, nfs, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(bus => ChangeAsync(bus, new ClientRequest
        {
            Name = result.GetRequiredValue(name),
            Address = result.GetValue(address),
            HostName = result.GetValue(host),
            CommandLine = Given(result, words),
            ConfigLines = Given(result, lines),
            Tags = Given(result, tags),
            Nfs = result.GetValue(nfs),
        }, JsonOutput.Of(result, json), cancellation)));
        return command;
    }

    /// <summary><c>client replace</c>.</summary>
    public static Command Replace()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var board = new Argument<string>("BOARD") { Description = "Its new board: the last eight digits of the serial number, or the MAC address." }.OfBoards();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("replace", "Gives a client another board, where the one that it had is broken: the new one boots with all that the client has.") { name, board, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(bus => ChangeAsync(bus, new ClientRequest { Name = result.GetRequiredValue(name), Board = result.GetRequiredValue(board) }, JsonOutput.Of(result, json), cancellation)));
        return command;
    }

    /// <summary><c>client forget</c>.</summary>
    public static Command Forget()
    {
        var board = new Argument<string>("BOARD") { Description = "Its serial number or MAC address, as 'bramble status' shows it." }.OfBoards();
        var command = new Command("forget", "Forgets a board that has no client, with its boots: as if it had never been seen.") { board };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string wanted = result.GetRequiredValue(board);
            if (!await new FleetBusProxy(bus).ForgetBoardAsync(wanted, cancellation))
            {
                throw new StorageException($"Board {wanted} was never seen.");
            }

            AnsiConsole.MarkupLineInterpolated($"[green]Forgotten[/]: [bold]{wanted}[/]");
        }));
        return command;
    }

    /// <summary><c>client import</c>.</summary>
    public static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "A CSV file with a line of titles (name,board,address,image,root,host-name,tags), or hosts.json of piserver; - for standard input." };
        var image = new Option<string?>("--image") { Description = "The image of those for which the file names none." }.OfImages();
        var root = new Option<string>("--root") { Description = "The root of those for which the file names none: nfs, iscsi or overlay.", DefaultValueFactory = _ => "nfs" };
        var only = new Option<bool>("--dry-run") { Description = "Say what would be added, and add nothing." };
        var command = new Command("import", "Adds many clients, from a table or from a piserver.") { file, image, root, only };
        command.SetAction(async (result, cancellation) =>
        {
            string path = result.GetRequiredValue(file);
            IReadOnlyList<ClientRequest> clients;
            try
            {
                string text = path == "-" ? await Console.In.ReadToEndAsync(cancellation) : await File.ReadAllTextAsync(path, cancellation);
                clients = ClientFile.Read(text, new ClientRequest { Name = "", Image = result.GetValue(image), Root = result.GetRequiredValue(root) });
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                Console.Error.WriteLine($"bramble: {path}: {e.Message}");
                return ExitCode.Usage;
            }

            if (result.GetValue(only))
            {
                foreach (ClientRequest client in clients)
                {
                    Console.WriteLine(JsonSerializer.Serialize(client, ClientRequestJson.Default.ClientRequest));
                }

                return ExitCode.Success;
            }

            return await BusCommand.RunAsync(bus => AddAsync(bus, clients, cancellation));
        });
        return command;
    }

    /// <summary>What was given; null for nothing, which leaves what is there.</summary>
    private static string[]? Given(ParseResult result, Option<string[]> option) =>
        result.GetResult(option) is { Implicit: false } ? [.. result.GetValue(option)!.Where(static w => w.Length > 0)] : null;

    private static async Task ChangeAsync(IBusConnection bus, ClientRequest change, JsonOutput output, CancellationToken cancellation)
    {
        string json = await new FleetBusProxy(bus).ChangeClientAsync(JsonSerializer.Serialize(change, ClientRequestJson.Default.ClientRequest), cancellation);
        ClientRequest client = JsonSerializer.Deserialize(json, ClientRequestJson.Default.ClientRequest)!;
        output.Write(client, ClientRequestJson.Default.ClientRequest);
        AnsiConsole.MarkupLineInterpolated($"[green]Changed[/] [bold]{client.Name}[/]: board {client.Board ?? "none yet"}, address {client.Address ?? "of the pool"}{Words("command line", client.CommandLine)}{Words("config.txt", client.ConfigLines)}{Words("tags", client.Tags)}");
    }

    private static string Words(string what, IReadOnlyList<string>? words) => words is null ? "" : $", {what} {string.Join(' ', words)}";

    /// <summary>Adds one after the other; those that cannot be added are told and do not hold up the others.</summary>
    private static async Task AddAsync(IBusConnection bus, IReadOnlyList<ClientRequest> clients, CancellationToken cancellation)
    {
        int failed = 0;
        foreach (ClientRequest client in clients)
        {
            try
            {
                await new FleetBusProxy(bus).AddClientAsync(JsonSerializer.Serialize(client, ClientRequestJson.Default.ClientRequest), cancellation);
            }
            catch (BusException e) when (e.Name == FleetBusNames.Error)
            {
                failed++;
                Console.Error.WriteLine($"bramble: {client.Name} was not added: {e.Message}");
            }
        }

        AnsiConsole.MarkupLineInterpolated($"[green]Added[/] [bold]{clients.Count - failed}[/] of {clients.Count} clients");
        if (failed > 0)
        {
            throw new StorageException($"{failed} of {clients.Count} clients were not added.");
        }
    }
}
