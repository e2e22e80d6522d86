using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Serving;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client add</c>.</summary>
internal static class ClientCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("client", "Clients: named machines that boot from here.") { Add() };

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
}
