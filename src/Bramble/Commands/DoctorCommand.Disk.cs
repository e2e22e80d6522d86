using System.CommandLine;
using System.Text.Json;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <content><c>bramble doctor disk</c>.</content>
internal static partial class DoctorCommand
{
    private static Command Disk()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("disk", "Shows how full the data disk is, and how much its thin disks may still take.") { json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            StorageUsage usage = await BusCommand.Storage(bus).MeasureAsync(cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(usage, StorageContractJson.Default.StorageUsage));
                return;
            }

            DiskSpaceState disk = usage.Disk;
            Console.WriteLine($"{disk.Folder}: {Text(disk.FreeBytes)} of {Text(disk.TotalBytes)} free, {Text(disk.KeptFreeBytes)} of them kept for the roots that are in use{(disk.IsNearlyFull ? ": NEARLY FULL, new roots and images are refused" : "")}");
            if (usage.ThinDisks.Count == 0)
            {
                return;
            }

            Table table = new Table().Border(TableBorder.Simple).AddColumns("thin disk", "offers", "takes");
            foreach (ThinDisk thin in usage.ThinDisks)
            {
                table.AddRow(new Text(Path.GetRelativePath(disk.Folder, thin.File)), new Text(Text(thin.Bytes)), new Text(Text(thin.UsedBytes)));
            }

            AnsiConsole.Write(table);
            Console.WriteLine($"They may take {Text(usage.PromisedBytes)} more{(usage.PromisedBytes > disk.FreeBytes ? ", which is more than is free" : "")}.");
        }));
        return command;
    }

    private static string Text(long bytes) => $"{bytes / 1e9:0.0} GB";
}
