using System.CommandLine;
using System.Text.Json;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <content><c>show</c> and <c>edits</c>: what an image is, and what was changed in it.</content>
internal static partial class ImageCommand
{
    /// <summary>Writes every change, as a person reads it.</summary>
    public static void WriteEdits(IReadOnlyList<EditStep> edits)
    {
        Console.WriteLine($"{edits.Count} edits:");
        foreach (EditStep edit in edits)
        {
            AnsiConsole.MarkupLineInterpolated($"  [bold]{edit.Name}[/]  {edit.File}");
            WriteLines("-", "red", edit.Before);
            WriteLines("+", "green", edit.After);
        }
    }

    private static Command Show()
    {
        var name = new Argument<string>("NAME") { Description = "The image." }.OfImages();
        var edits = new Option<bool>("--edits") { Description = "Print every change that was made to it, with what was there before." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("show", "Shows what an image is, and what it can do.") { name, edits, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            ImageInfo image = await FindAsync(BusCommand.Storage(bus), result.GetRequiredValue(name), cancellation);
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(image, StorageContractJson.Default.ImageInfo));
                return;
            }

            Write(image);
            if (result.GetValue(edits))
            {
                WriteEdits(image.Edits);
            }
            else
            {
                Console.WriteLine($"  edits      {image.Edits.Count}: {Words(image.Edits.Select(static edit => edit.Name).Distinct())} (--edits shows them)");
            }
        }));
        return command;
    }

    private static Command Edits()
    {
        var name = new Argument<string?>("NAME") { Description = "The image; none to list the edits that there are.", Arity = ArgumentArity.ZeroOrOne }.OfImages();
        Option<string[]> off = EditNames("--off", "Edits that are taken back, such as swap,resolver.");
        Option<string[]> on = EditNames("--on", "Edits that are made.");
        var command = new Command("edits", "Lists the changes that are made to operating systems, or switches some of them off or on for one image and its clones.") { name, off, on };
        command.SetAction((result, cancellation) =>
        {
            string? wanted = result.GetValue(name);
            (string[] without, string[] with) = (Split(result.GetValue(off)), Split(result.GetValue(on)));
            if (wanted is null && without.Length + with.Length == 0)
            {
                WriteCatalogue(null);
                return Task.FromResult(ExitCode.Success);
            }

            return BusCommand.RunAsync(async bus =>
            {
                EditCatalogue.Require([.. without, .. with]);
                wanted = wanted ?? throw new StorageException("Name the image. For all images: skip-edits in [storage] of bramble.conf.");
                ImageInfo image;
                if (without.Length + with.Length == 0)
                {
                    image = await FindAsync(BusCommand.Storage(bus), wanted, cancellation);
                }
                else
                {
                    using var progress = new ProgressLine();
                    image = await BusCommand.Storage(bus).SwitchEditsAsync(wanted, without, with, progress, cancellation);
                    progress.Dispose();
                    AnsiConsole.MarkupLineInterpolated($"[green]Edited[/] image [bold]{image.Name}[/]. Clients keep what they have until they are reset.");
                }

                WriteCatalogue(image);
            });
        });
        return command;
    }

    private static async Task<ImageInfo> FindAsync(Bus.StorageBusProxy storage, string name, CancellationToken cancellation) =>
        (await storage.ListImagesAsync(cancellation)).FirstOrDefault(image => image.Name == name)
            ?? throw new StorageException($"There is no image '{name}'. 'bramble image list' shows those there are.");

    private static Option<string[]> EditNames(string name, string help) => new(name) { Description = help, AllowMultipleArgumentsPerToken = true };

    private static string[] Split(string[]? words) => [.. (words ?? []).SelectMany(static word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal)];

    private static void WriteCatalogue(ImageInfo? image)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("edit", "what it does");
        foreach (EditKind kind in EditCatalogue.All)
        {
            string state = image is null ? "" : image.SkippedEdits.Contains(kind.Name) ? " (off)" : "";
            table.AddRow(new Text(kind.Name + state), new Text(kind.Help));
        }

        AnsiConsole.Write(table);
    }

    private static void Write(ImageInfo image)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{image.Name}[/]: {image.Distribution}, {image.SizeBytes / 1e6:0} MB");
        Console.WriteLine($"  from       {image.Source}{(image.Sha256.Length > 0 ? $", SHA-256 {image.Sha256}" : "")}");
        Console.WriteLine($"  system     {image.DistributionId ?? "not known"} {image.DistributionVersion}".TrimEnd());
        Console.WriteLine($"  roots      {Roots(image)}");
        foreach (KernelInfo kernel in image.Kernels)
        {
            Console.WriteLine($"  kernel     {kernel.File}: {kernel.Version ?? "version not known"}, {kernel.Architecture ?? "architecture not known"}, {(kernel.Models.Count > 0 ? "Pi " + Words(kernel.Models) : "no device tree for it")}");
        }

        foreach (InitramfsInfo initramfs in image.Initramfs)
        {
            string[] can = [.. initramfs.CanNfs ? ["NFS v3"] : (string[])[], .. initramfs.CanNfs41 ? ["NFS v4.1"] : initramfs.CanBeGivenNfs41 ? ["NFS v4.1 with Bramble's script"] : (string[])[], .. initramfs.CanIscsi ? ["iSCSI"] : (string[])[], .. initramfs.CanOverlay ? ["overlay"] : (string[])[]];
            Console.WriteLine($"  initramfs  {initramfs.File}: {initramfs.Problem ?? (can.Length > 0 ? Words(can) : "no root from the network")}{(initramfs.Kernel is null ? "" : $", kernel {initramfs.Kernel}")}");
        }

        if (image.Initramfs.Count == 0)
        {
            Console.WriteLine("  initramfs  none: the kernel mounts the root itself");
        }

        Console.WriteLine($"  trees      {(image.DeviceTrees.Count > 0 ? Words(image.DeviceTrees) : "no device tree")}");
        if (image.SkippedEdits.Count > 0)
        {
            Console.WriteLine($"  not edited {Words(image.SkippedEdits)}");
        }
    }

    private static string Roots(ImageInfo image)
    {
        string[] kinds = [.. image.CanNfs || image.CanNfs41 ? [image.CanNfs41 ? "nfs (v4.1)" : image.CanBeGivenNfs41 ? "nfs (v3, and v4.1 if asked for)" : "nfs (v3)"] : (string[])[], .. image.CanIscsi ? ["iscsi"] : (string[])[], .. image.CanOverlay ? ["overlay"] : (string[])[]];
        return kinds.Length > 0 ? Words(kinds) : "none";
    }

    private static string Words(IEnumerable<string> words) => string.Join(", ", words);

    private static void WriteLines(string sign, string colour, string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            AnsiConsole.MarkupLine($"      [{colour}]{sign} {Markup.Escape(line)}[/]");
        }
    }
}
