using System.CommandLine;
using System.Text.Json;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Commands;

/// <summary><c>bramble fault [CODE]</c>: the catalogue of faults, for reading in a terminal.</summary>
internal static class FaultCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var code = new Argument<string?>("CODE") { Description = "A fault's code, such as BR101. Without one: all of them.", Arity = ArgumentArity.ZeroOrOne }.OfFaults();
        var pages = new Option<string?>("--pages") { Description = "Write the pages of the documentation into this folder instead.", HelpName = "FOLDER" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("fault", "Explains a fault: what was seen, likely causes, what to do.") { code, json, pages };
        command.SetAction(result => result.GetValue(pages) is { } folder ? WritePages(folder) : Show(result.GetValue(code), result.GetValue(json)));
        return command;
    }

    private static int Show(string? code, bool json)
    {
        if (code is null)
        {
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize([.. FaultCatalogue.All], FleetJson.Default.FaultEntryArray));
                return ExitCode.Success;
            }

            foreach (FaultEntry entry in FaultCatalogue.All)
            {
                Console.WriteLine($"{entry.Code}  {entry.Title}");
            }

            return ExitCode.Success;
        }

        if (FaultCatalogue.Find(code) is not { } found)
        {
            Console.Error.WriteLine($"bramble: there is no fault '{code}'. 'bramble fault' lists all of them.");
            return ExitCode.Usage;
        }

        Console.Write(json ? JsonSerializer.Serialize(found, FleetJson.Default.FaultEntry) + "\n" : FaultPages.Page(found));
        return ExitCode.Success;
    }

    private static int WritePages(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "faults"));
        Directory.CreateDirectory(Path.Combine(folder, "reference"));
        foreach (FaultEntry entry in FaultCatalogue.All)
        {
            File.WriteAllText(Path.Combine(folder, "faults", entry.Code + ".md"), FaultPages.Page(entry));
        }

        File.WriteAllText(Path.Combine(folder, "reference", "faults.md"), FaultPages.Index());
        return ExitCode.Success;
    }
}
