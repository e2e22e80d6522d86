using System.CommandLine;
using System.Text;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary>
/// <c>bramble export FOLDER</c>: the whole box in a folder. <c>registry.json</c> (clients with all settings, boards), <c>bramble.conf</c>, and an archive
/// of each image and each client's root in <c>images/</c> and <c>clients/</c>. <c>bramble import FOLDER</c> brings it in.
/// </summary>
internal static class BoxCommand
{
    private const string Registry = "registry.json";
    private const string Settings = "bramble.conf";
    private const string Extension = ".bramble";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The verb <c>export</c>.</summary>
    public static Command CreateExport()
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder that is made." };
        var only = new Option<bool>("--registry-only") { Description = "Only clients, boards and settings: a small file, without images and roots." };
        Option<bool> tar = ArchiveCommand.TarOption();
        Option<string> config = ConfigCommand.FileOption();
        var command = new Command("export", "Writes the whole box to a folder: clients, boards, settings, images and roots, for 'bramble import' on another.") { folder, only, tar, config };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string path = Path.GetFullPath(result.GetRequiredValue(folder));
            string registry = await new FleetBusProxy(bus).ExportRegistryAsync(cancellation);
            try
            {
                if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                {
                    throw new StorageException($"{path} is not empty.");
                }

                FileDescriptor.MakePrivateFolder(path);
                if (!result.GetValue(only))
                {
                    await ExportAllAsync(bus, path, result.GetValue(tar), cancellation);
                }

                AtomicFile.WriteAllBytes($"{path}/{Settings}", File.ReadAllBytes(result.GetRequiredValue(config)), OwnerOnly);
                // The last: a folder without it is not whole.
                AtomicFile.WriteAllBytes($"{path}/{Registry}", Encoding.UTF8.GetBytes(registry), OwnerOnly);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException($"{path} cannot be written: {e.Message}", e);
            }

            AnsiConsole.MarkupLineInterpolated($"[green]Exported[/] the box to [bold]{path}[/]");
        }));
        return command;
    }

    /// <summary>Brings in a folder: images, then roots, then their clients. What is here already stays as it is.</summary>
    public static async Task ImportAsync(IBusConnection bus, string folder, CancellationToken cancellation)
    {
        string registry;
        try
        {
            registry = await File.ReadAllTextAsync($"{folder}/{Registry}", cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{folder} holds no {Registry} that can be read: it is no folder that 'bramble export' made, or not all of it. {e.Message}", e);
        }

        List<string> refused = [];
        foreach (string kind in new[] { "images", "clients" })
        {
            string archives = $"{folder}/{kind}";
            if (!Directory.Exists(archives))
            {
                continue;
            }

            foreach (string file in Directory.EnumerateFiles(archives, "*" + Extension).Order(StringComparer.Ordinal))
            {
                try
                {
                    await ArchiveCommand.ImportAsync(bus, null, file, cancellation);
                }
                catch (StorageException e)
                {
                    refused.Add(e.Message);
                }
            }
        }

        await BusCommand.TellServerAsync(bus, cancellation);
        refused.AddRange((await new FleetBusProxy(bus).ImportRegistryAsync(registry, cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (string reason in refused)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{reason}[/]");
        }

        string settings = $"{folder}/{Settings}";
        if (File.Exists(settings) && ConfigCommand.LoadOrExplain(settings) is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"The settings of that box are in [bold]{settings}[/]. Interface and addresses may be others here, so they are yours to copy.");
        }

        if (refused.Count > 0)
        {
            throw new StorageException($"{refused.Count} were not brought in.");
        }
    }

    private static async Task ExportAllAsync(IBusConnection bus, string folder, bool asTar, CancellationToken cancellation)
    {
        FileDescriptor.MakePrivateFolder($"{folder}/images");
        foreach (ImageInfo image in await BusCommand.Storage(bus).ListImagesAsync(cancellation))
        {
            await ArchiveCommand.ExportAsync(bus, ArchiveKind.Image, image.Name, $"{folder}/images/{image.Name}{Extension}", asTar, cancellation);
        }

        FileDescriptor.MakePrivateFolder($"{folder}/clients");
        foreach (ClientStatus client in (await BusCommand.StatusAsync(bus, cancellation)).Clients.Where(static client => client.Root is "nfs" or "iscsi" && client.RootState == "ready"))
        {
            await ArchiveCommand.ExportAsync(bus, ArchiveKind.Client, client.Name, $"{folder}/clients/{client.Name}{Extension}", asTar, cancellation);
        }
    }
}
