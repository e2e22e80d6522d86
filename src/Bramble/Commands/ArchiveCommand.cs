using System.CommandLine;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Linux.Files;
using Bramble.Serving;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble client export</c>, <c>bramble image export</c> and <c>bramble import</c>.</summary>
internal static class ArchiveCommand
{
    /// <summary>The verb <c>export</c> of clients or images.</summary>
    public static Command CreateExport(ArchiveKind kind)
    {
        string what = kind == ArchiveKind.Client ? "client" : "image";
        var name = new Argument<string>("NAME") { Description = $"The {what}." };
        var file = new Argument<string>("FILE") { Description = "The file that is made; - for standard output." };
        var command = new Command("export", $"Writes {(kind == ArchiveKind.Client ? "what a client has now" : "an image")} to a file (tar, zstd), for 'bramble import' here or on another server.") { name, file };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string path = result.GetRequiredValue(file);
            if (path == "-")
            {
                using var output = new SafeFileHandle(1, ownsHandle: false);
                await BusCommand.Storage(bus).ExportAsync(kind, result.GetRequiredValue(name), output, cancellation);
                return;
            }

            await ExportAsync(bus, kind, result.GetRequiredValue(name), path, cancellation);
            AnsiConsole.MarkupLineInterpolated($"[green]Exported[/] {what} [bold]{result.GetRequiredValue(name)}[/] to {path}, {new FileInfo(path).Length / 1e6:0} MB");
        }));
        return command;
    }

    /// <summary>Exports to a file, which is whole or not there.</summary>
    private static async Task ExportAsync(IBusConnection bus, ArchiveKind kind, string name, string path, CancellationToken cancellation)
    {
        SafeFileHandle output;
        try
        {
            // Secrets of people are in it.
            output = FileDescriptor.CreatePrivate(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be written: {e.Message}", e);
        }

        try
        {
            using (output)
            {
                await BusCommand.Storage(bus).ExportAsync(kind, name, output, cancellation);
            }
        }
        catch (Exception e)
        {
            File.Delete(path);
            if (e is IOException)
            {
                throw new StorageException($"{path} cannot be written: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>The verb <c>import</c>.</summary>
    public static Command CreateImport()
    {
        var file = new Argument<string>("FILE") { Description = "An archive that 'client export' or 'image export' made; - for standard input." };
        var name = new Option<string?>("--name") { Description = "The name that the client or image is to have. Default: the one that it had." };
        var board = new Option<string?>("--board", "--serial") { Description = "The client's board: the last eight digits of the serial number, or the MAC address." };
        var command = new Command("import", "Makes a client or an image of an archive.") { file, name, board };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            string path = result.GetRequiredValue(file);
            ArchiveInfo made;
            try
            {
                using SafeFileHandle input = path == "-" ? new SafeFileHandle(0, ownsHandle: false) : File.OpenHandle(path);
                made = await BusCommand.Storage(bus).ImportArchiveAsync(result.GetValue(name), input, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException($"{path} cannot be read: {e.Message}", e);
            }

            if (made.Kind == ArchiveKind.Client)
            {
                var request = new ClientRequest { Name = made.Name, Board = result.GetValue(board), Image = made.Image, Root = made.Root.ToString().ToLowerInvariant() };
                await ClientCommand.AddWithRootAsync(bus, request, cancellation);
            }

            await BusCommand.TellServerAsync(bus, cancellation);
            AnsiConsole.MarkupLineInterpolated($"[green]Imported[/] {(made.Kind == ArchiveKind.Client ? "client" : "image")} [bold]{made.Name}[/]");
        }));
        return command;
    }
}
