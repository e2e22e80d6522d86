using System.CommandLine;
using Bramble.Bus;
using Bramble.Fleet;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client root NAME ROOT</c>: a root of another kind.</summary>
internal static class ClientRootCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The client." }.OfClients();
        var root = new Argument<string>("ROOT") { Description = "nfs, iscsi, overlay, nfs://SERVER/PATH or iscsi://SERVER/TARGET." }.OfRoots();
        var carry = new Option<string[]>("--carry") { Description = "Paths that are carried over between nfs and iscsi. Host keys and machine id always are.", DefaultValueFactory = _ => ["/home"] };
        Option<bool> now = RestartNow.Option();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("root", "Has a client's next boot get a root of another kind: a clone of its image. What it has now is kept as a snapshot.") { name, root, carry, now, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            string client = result.GetRequiredValue(name);
            string wanted = result.GetRequiredValue(root);
            (RootKind kind, string? external) = Parse(wanted);
            using var progress = new ProgressLine();
            RootChange change;
            try
            {
                change = await BusCommand.Storage(bus).ChangeKindAsync(client, kind, external, result.GetRequiredValue(carry), progress, cancellation);
            }
            catch (StorageException e) when (e.Code == StorageException.NoRoot)
            {
                // It never booted: its first root is of that kind.
                change = new RootChange(client, "", "", "", InUse: false);
            }

            await new FleetBusProxy(bus).SetRootAsync(client, change.Image, wanted, cancellation);
            if (change.Kept.Length > 0)
            {
                SnapshotCommand.WriteChange(change, progress, output);
                await RestartNow.DoAsync(result.GetValue(now), bus, change, cancellation);
                return;
            }

            progress.Dispose();
            output.Write(change, StorageContractJson.Default.RootChange);
            AnsiConsole.MarkupLineInterpolated($"[green]Set[/]: the root of [bold]{client}[/] is of kind {wanted}.");
        }));
        return command;
    }

    private static (RootKind Kind, string? External) Parse(string root)
    {
        try
        {
            return ClientRequest.ParseRoot(root);
        }
        catch (FleetException e)
        {
            throw new StorageException(e.Message, e);
        }
    }
}
