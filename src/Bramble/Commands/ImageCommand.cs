using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble image add|check|edits|export|list|prepare|promote|remove|rename|show</c>.</summary>
internal static partial class ImageCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        return new Command("image", "Operating system images.") { Add(), Check(), Edits(), ArchiveCommand.CreateExport(ArchiveKind.Image), List(), PrepareCommand.Create(), Promote(), Remove(), Rename(), Show() };
    }

    private static Command Add()
    {
        var file = new Argument<string>("FILE") { Description = "A disk image or a root tarball, plain or packed (xz, zst, gz, zip); a folder with a root tree; an http(s):// address; a card reader such as /dev/sda; or - for standard input." };
        var name = new Option<string?>("--name") { Description = "Name of the image. Default: made from the file's. NAME@VERSION for a version of it." };
        var sha256 = new Option<string?>("--sha256") { Description = "SHA-256 that the file must have, as the official download page shows it." };
        Option<string[]> without = EditNames("--without", "Edits that are not made, such as swap,resolver. 'bramble image edits' lists them all.");
        Option<bool> json = JsonOutput.Option();
        var command = new Command("add", "Imports a disk image, such as Raspberry Pi OS.") { file, name, sha256, without, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            var request = new ImportRequest { Source = result.GetRequiredValue(file), Name = result.GetValue(name), Sha256 = result.GetValue(sha256), SkippedEdits = Split(result.GetValue(without)) };
            EditCatalogue.Require(request.SkippedEdits);
            ImageInfo image = await ImageSource.ImportAsync(BusCommand.Storage(bus), request, progress, cancellation);
            progress.Dispose();
            await BusCommand.TellServerAsync(bus, cancellation);
            output.Write(image, StorageContractJson.Default.ImageInfo);
            AnsiConsole.MarkupLineInterpolated($"[green]Imported[/] [bold]{image.Name}[/]: {image.Distribution}, {image.SizeBytes / 1e6:0} MB");
            WriteEdits(image.Edits);
        }));
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "Lists the images.") { json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            IReadOnlyList<ImageInfo> images = await BusCommand.Storage(bus).ListImagesAsync(cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(images, StorageContractJson.Default.IReadOnlyListImageInfo));
                return;
            }

            if (images.Count == 0)
            {
                Console.WriteLine("No image yet. Add one: sudo bramble image add FILE");
                return;
            }

            Table table = new Table().Border(TableBorder.Simple).AddColumns("name", "system", "size", "roots", "imported");
            foreach (ImageInfo image in images)
            {
                table.AddRow(
                    new Text(image.Name), new Text(image.Distribution), new Text($"{image.SizeBytes / 1e6:0} MB"), new Text(Roots(image)),
                    new Text(image.Imported.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
            }

            AnsiConsole.Write(table);
        }));
        return command;
    }

    private static Command Check()
    {
        var name = new Argument<string>("NAME") { Description = "The image." }.OfImages();
        Option<bool> json = JsonOutput.Option();
        var command = new Command("check", "Looks whether an image is whole.") { name, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            string image = result.GetRequiredValue(name);
            IReadOnlyList<string> problems = await BusCommand.Storage(bus).CheckImageAsync(image, cancellation);
            output.Write(new ImageCheck(image, problems), CommandJson.Default.ImageCheck);
            if (problems.Count > 0)
            {
                throw new StorageException($"{image} is not whole:\n  {string.Join("\n  ", problems)}");
            }

            AnsiConsole.MarkupLineInterpolated($"[green]Whole[/] image [bold]{image}[/]");
        }));
        return command;
    }

    private static Command Rename()
    {
        var name = new Argument<string>("NAME") { Description = "The image." }.OfImages();
        var newName = new Argument<string>("NEW") { Description = "Its new name." };
        var command = new Command("rename", "Gives an image that no client uses another name.") { name, newName };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            await BusCommand.Storage(bus).RenameImageAsync(result.GetRequiredValue(name), result.GetRequiredValue(newName), cancellation);
            await BusCommand.TellServerAsync(bus, cancellation);
        }));
        return command;
    }

    private static Command Promote()
    {
        var client = new Argument<string>("CLIENT") { Description = "The client." }.OfClients();
        var name = new Argument<string>("NAME") { Description = "Name of the new image, such as raspios-lite@2026-10-01: what follows the @ is its version." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("promote", "Makes an image of what a client has now. Identity, host keys and secrets are left out.") { client, name, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            using var progress = new ProgressLine();
            ImageInfo image = await BusCommand.Storage(bus).PromoteAsync(result.GetRequiredValue(client), result.GetRequiredValue(name), progress, cancellation);
            progress.Dispose();
            await BusCommand.TellServerAsync(bus, cancellation);
            output.Write(image, StorageContractJson.Default.ImageInfo);
            AnsiConsole.MarkupLineInterpolated($"[green]Made[/] image [bold]{image.Name}[/] of {image.Source}: {image.Distribution}");
            WriteEdits(image.Edits);
        }));
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "The image." }.OfImages();
        var command = new Command("remove", "Removes an image that no client uses.") { name };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            await BusCommand.Storage(bus).RemoveImageAsync(result.GetRequiredValue(name), cancellation);
            await BusCommand.TellServerAsync(bus, cancellation);
        }));
        return command;
    }
}
