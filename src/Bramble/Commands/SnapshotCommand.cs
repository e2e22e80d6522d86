using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble snapshot create|list|remove|schedule</c> and <c>bramble rollback</c>.</summary>
internal static class SnapshotCommand
{
    /// <summary>The verb <c>snapshot</c>.</summary>
    public static Command Create() => new("snapshot", "Snapshots: points in time of a client's root and boot folder.") { Take(), List(), Remove(), Schedule() };

    /// <summary>The verb <c>rollback</c>.</summary>
    public static Command CreateRollback()
    {
        Argument<string> client = Client();
        var name = new Argument<string?>("SNAPSHOT") { Description = "The snapshot. Default: the last one that was taken by hand or by the schedule.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> now = RestartNow.Option();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("rollback", "Has a client's next boot get what it had at a snapshot. What it has now is kept as a snapshot.") { client, name, now, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            RootChange change = await BusCommand.Storage(bus).RollBackAsync(result.GetRequiredValue(client), result.GetValue(name), progress, cancellation);
            await TellRootAsync(bus, change, cancellation);
            WriteChange(change, progress, output);
            await RestartNow.DoAsync(result.GetValue(now), bus, change, cancellation);
        }));
        return command;
    }

    /// <summary>A snapshot may be of another image or kind than those that the client had until now; a running boot server must know.</summary>
    private static async Task TellRootAsync(IBusConnection bus, RootChange change, CancellationToken cancellation)
    {
        try
        {
            await (change.Kind is { } kind
                ? new FleetBusProxy(bus).SetRootAsync(change.Client, change.Image, kind.ToString().ToLowerInvariant(), cancellation)
                : new FleetBusProxy(bus).SetImageAsync(change.Client, change.Image, cancellation));
        }
        catch (BusException e) when (e.Name is BusErrors.ServiceUnknown or FleetBusNames.Error)
        {
            // No server runs, or it has no such client: then nobody boots it with another image either.
        }
    }

    /// <summary>Says what a client's next boot gets.</summary>
    public static void WriteChange(RootChange change, ProgressLine progress, JsonOutput output)
    {
        progress.Dispose();
        output.Write(change, StorageContractJson.Default.RootChange);
        AnsiConsole.MarkupLineInterpolated($"The next boot of [bold]{change.Client}[/] gets [bold]{change.Source}[/]. What it had is snapshot [bold]{change.Kept}[/].");
        if (change.InUse)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{change.Client} keeps what it has until it boots again.[/]");
        }
    }

    private static Command Take()
    {
        Argument<string> client = Client();
        var name = new Argument<string?>("NAME") { Description = "Its name: a-z, 0-9, . and -. Default: made of the time.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("create", "Takes a snapshot; the client may go on working.") { client, name, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            SnapshotInfo taken = await BusCommand.Storage(bus)
                .CreateSnapshotAsync(result.GetRequiredValue(client), result.GetValue(name), SnapshotCause.Hand, progress, cancellation);
            progress.Dispose();
            output.Write(taken, StorageContractJson.Default.SnapshotInfo);
            AnsiConsole.MarkupLineInterpolated($"[green]Taken[/] snapshot [bold]{taken.Name}[/] of {taken.Client}");
        }));
        return command;
    }

    private static Command List()
    {
        Argument<string?> client = new Argument<string?>("CLIENT") { Description = "The client. Default: all.", Arity = ArgumentArity.ZeroOrOne }.OfClients();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "Lists snapshots, oldest first.") { client, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            IReadOnlyList<SnapshotInfo> snapshots = await BusCommand.Storage(bus).ListSnapshotsAsync(result.GetValue(client), cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(snapshots, StorageContractJson.Default.IReadOnlyListSnapshotInfo));
                return;
            }

            if (snapshots.Count == 0)
            {
                Console.WriteLine("No snapshot yet. Take one: sudo bramble snapshot create CLIENT");
                return;
            }

            Table table = new Table().Border(TableBorder.Simple).AddColumns("client", "snapshot", "of", "why", "image", "root");
            foreach (SnapshotInfo snapshot in snapshots)
            {
                table.AddRow(
                    new Text(snapshot.Client), new Text(snapshot.Name), new Text(snapshot.Taken.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
                    new Text(Why(snapshot)), new Text(snapshot.Image), new Text(snapshot.Kind.ToString().ToLowerInvariant()));
            }

            AnsiConsole.Write(table);
        }));
        return command;
    }

    private static Command Remove()
    {
        Argument<string> client = Client();
        var name = new Argument<string>("NAME") { Description = "The snapshot." };
        var command = new Command("remove", "Removes a snapshot.") { client, name };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(bus =>
            BusCommand.Storage(bus).RemoveSnapshotAsync(result.GetRequiredValue(client), result.GetRequiredValue(name), cancellation)));
        return command;
    }

    private static Command Schedule()
    {
        var last = new Option<int>("--keep") { Description = "How many of the newest are kept.", DefaultValueFactory = _ => Retention.Default.Last };
        var weekly = new Option<int>("--weekly") { Description = "And of how many weeks the newest one.", DefaultValueFactory = _ => Retention.Default.Weekly };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("schedule", "Takes a snapshot of every client and removes the schedule's oldest; bramble-snapshot.timer runs it each night.") { last, weekly, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            var retention = new Retention(result.GetRequiredValue(last), result.GetRequiredValue(weekly));
            IReadOnlyList<SnapshotInfo> taken = await BusCommand.Storage(bus).TakeScheduledAsync(retention, cancellation);
            output.Write(taken, StorageContractJson.Default.IReadOnlyListSnapshotInfo);
            Console.WriteLine($"{taken.Count} snapshots taken.");
        }));
        return command;
    }

    private static Argument<string> Client() => new Argument<string>("CLIENT") { Description = "The client." }.OfClients();

    private static string Why(SnapshotInfo snapshot)
    {
        string why = snapshot.Cause switch
        {
            SnapshotCause.Schedule => "schedule",
            SnapshotCause.Rollback => "before a rollback",
            SnapshotCause.Reset => "before a reset",
            SnapshotCause.Update => "before another image",
            SnapshotCause.Root => "before another kind of root",
            SnapshotCause.Found => "found by the doctor",
            _ => "by hand",
        };
        return snapshot.InUse ? why + ", in use until it boots" : why;
    }
}
