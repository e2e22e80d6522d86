using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Rollouts;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble rollout start|status|stop</c>.</summary>
internal static class RolloutCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("rollout", "Gives clients a new image, stage by stage. One that does not come up stops it, and all get back what they had.") { Start(), Status(), Stop() };

    private static Command Start()
    {
        var image = new Argument<string>("IMAGE") { Description = "The new image." }.OfImages();
        var clients = new Argument<string[]>("CLIENT") { Description = "The clients. Default: all that have a root.", Arity = ArgumentArity.ZeroOrMore }.OfClients();
        var tag = new Option<string?>("--tag") { Description = "Only clients with this tag." };
        var first = new Option<string>("--first") { Description = "How many clients get it first: a number, or a share such as 10%.", DefaultValueFactory = _ => "1" };
        var then = new Option<string[]>("--then") { Description = "How many have it at the end of each later stage: a number, a share, or all.", DefaultValueFactory = _ => ["all"] };
        var carry = new Option<string[]>("--carry") { Description = "Paths that are carried over from the old root. Host keys and machine id always are.", DefaultValueFactory = _ => ["/home"] };
        var within = new Option<int>("--within") { Description = "Minutes that a client has from the beginning of its boot until it is up.", DefaultValueFactory = _ => 10 };
        var restart = new Option<int>("--restart-within") { Description = "Minutes that a client has until it restarts. Default: as long as its people like.", DefaultValueFactory = _ => 0 };
        var now = new Option<bool>("--now") { Description = "Restart clients that can be reached as soon as their root is changed; also when they get back what they had." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("start", "Begins a rollout.") { image, clients, tag, first, then, carry, within, restart, now, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            var order = new RolloutOrder
            {
                Image = result.GetRequiredValue(image),
                Clients = result.GetValue(clients) ?? [],
                Tag = result.GetValue(tag),
                Stages = [result.GetRequiredValue(first), .. result.GetRequiredValue(then)],
                Carry = result.GetRequiredValue(carry),
                WithinSeconds = result.GetRequiredValue(within) * 60,
                RestartSeconds = result.GetRequiredValue(restart) * 60,
                Now = result.GetValue(now),
            };
            Rollout begun = Read(await new FleetBusProxy(bus).StartRolloutAsync(JsonSerializer.Serialize(order, RolloutJson.Default.RolloutOrder), cancellation));
            output.Write(begun, RolloutJson.Default.Rollout);
            Write(begun);
            Console.WriteLine($"{(order.Now ? "Clients that cannot be reached are restarted by hand." : "Restart the clients of the first stage.")} 'bramble rollout status' shows how far it is.");
        }));
        return command;
    }

    private static Command Status()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("status", "Shows the rollout that runs, or the last one.") { json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string rollout = await new FleetBusProxy(bus).GetRolloutAsync(cancellation);
            if (rollout.Length == 0)
            {
                throw new StorageException("There was no rollout yet. Begin one: sudo bramble rollout start IMAGE");
            }

            if (result.GetValue(json))
            {
                Console.WriteLine(rollout);
                return;
            }

            Write(Read(rollout));
        }));
        return command;
    }

    private static Command Stop()
    {
        var back = new Option<bool>("--roll-back") { Description = "Clients that have the new image get back what they had at their next boot." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("stop", "Stops the rollout. Clients that have the new image keep it.") { back, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            Rollout stopped = Read(await new FleetBusProxy(bus).StopRolloutAsync(result.GetValue(back), cancellation));
            output.Write(stopped, RolloutJson.Default.Rollout);
            Write(stopped);
        }));
        return command;
    }

    private static Rollout Read(string json) => JsonSerializer.Deserialize(json, RolloutJson.Default.Rollout)!;

    private static void Write(Rollout rollout)
    {
        string state = rollout.State switch
        {
            RolloutState.Running => $"stage {rollout.Stage + 1} of {rollout.Stages}",
            RolloutState.RollingBack => "rolling back",
            RolloutState.RolledBack => "rolled back",
            _ => rollout.State.ToString().ToLowerInvariant(),
        };
        AnsiConsole.MarkupLineInterpolated($"Rollout of [bold]{rollout.Order.Image}[/]: {state}{(rollout.Reason is null ? "" : $" ({rollout.Reason})")}");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("client", "stage", "state", "had", "kept as");
        foreach (RolloutClient client in rollout.Clients)
        {
            table.AddRow(
                new Text(client.Name), new Text((client.Stage + 1).ToString(CultureInfo.InvariantCulture)),
                new Text(client.Problem is null ? Words(client.Phase) : $"{Words(client.Phase)}: {client.Problem}"), new Text(client.From ?? ""), new Text(client.Kept ?? ""));
        }

        AnsiConsole.Write(table);
    }

    private static string Words(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Changed => "to be restarted",
        RolloutPhase.Returning => "going back",
        RolloutPhase.Returned => "went back",
        _ => phase.ToString().ToLowerInvariant(),
    };
}
