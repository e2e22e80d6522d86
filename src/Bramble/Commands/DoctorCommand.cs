using System.CommandLine;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Doctor;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble doctor</c>, <c>bramble doctor disk</c> and <c>bramble doctor storage</c>.</summary>
internal static partial class DoctorCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> config = ConfigCommand.FileOption();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("doctor", "Looks for what is wrong with this server: link, addresses, other DHCP servers, ports, firewall, exports, targets, space, clock, versions.") { config, json, Disk(), Storage() };
        command.SetAction(async (result, cancellation) =>
        {
            IReadOnlyList<DoctorFinding> found = await new BoxLook(result.GetRequiredValue(config)).RunAsync(cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(found, DoctorJson.Default.IReadOnlyListDoctorFinding));
            }
            else
            {
                Write(found);
            }

            return found.Any(static f => f.Result == "wrong") ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private static void Write(IReadOnlyList<DoctorFinding> found)
    {
        foreach (DoctorFinding one in found)
        {
            string mark = one.Result switch { "ok" => "[green]ok[/]     ", "wrong" => "[red bold]wrong[/]  ", _ => "[yellow]?[/]      " };
            AnsiConsole.MarkupLine($"{mark}{one.Check,-14}{Markup.Escape(one.Seen)}");
            if (one.Fix is { } fix)
            {
                AnsiConsole.MarkupLine($"       {"",-14}[bold]{Markup.Escape(fix)}[/]");
            }
        }

        int wrong = found.Count(static f => f.Result == "wrong");
        AnsiConsole.MarkupLine(wrong == 0 ? "\n[green]Nothing is wrong.[/]" : $"\n[red bold]{wrong} wrong.[/]");
    }

    private static Command Storage()
    {
        var mend = new Option<bool>("--mend") { Description = "Mend what can be mended without losing anything." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("storage", "Compares images, roots and snapshots with what they refer to, and with what the NFS and iSCSI servers really serve.") { mend, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            IReadOnlyList<StorageFinding> found = await BusCommand.Storage(bus).ExamineAsync(result.GetValue(mend), await ClientsAsync(bus, cancellation), cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(found, StorageContractJson.Default.IReadOnlyListStorageFinding));
            }
            else
            {
                Write(found);
            }

            int left = found.Count(static one => !one.IsMended);
            if (left > 0)
            {
                int mendable = found.Count(static one => !one.IsMended && one.IsMendable);
                throw new StorageException(mendable == 0 || result.GetValue(mend) ? $"{left} wrong." : $"{left} wrong. 'sudo bramble doctor storage --mend' mends {mendable} of them.");
            }
        }));
        return command;
    }

    /// <summary>The names of the fleet's clients; null where no boot server runs.</summary>
    private static async Task<IReadOnlyList<string>?> ClientsAsync(IBusConnection bus, CancellationToken cancellation)
    {
        try
        {
            return [.. (await BusCommand.StatusAsync(bus, cancellation)).Clients.Select(static client => client.Name)];
        }
        catch (BusException)
        {
            return null;
        }
    }

    private static void Write(IReadOnlyList<StorageFinding> found)
    {
        if (found.Count == 0)
        {
            AnsiConsole.MarkupLine("[green]All is well[/] with images, roots, exports and targets.");
        }

        foreach (StorageFinding one in found)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{one.Code}[/]  {one.Subject}");
            AnsiConsole.MarkupLineInterpolated($"    {one.Seen}");
            AnsiConsole.MarkupLine($"    {(one.IsMended ? "[green]Mended:[/] " : one.IsMendable ? "[yellow]Can be mended:[/] " : "")}{Markup.Escape(one.Remedy)}");
        }
    }
}
