using System.CommandLine;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary><c>bramble image prepare</c>: another version of an image, with what other kinds of root need.</summary>
internal static class PrepareCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The image." }.OfImages();
        var iscsi = new Option<bool>("--iscsi") { Description = "For iSCSI roots: open-iscsi in its initramfs." };
        var overlay = new Option<bool>("--overlay") { Description = "For overlays, and NFS roots of images that cannot: nfsmount and the overlay in its initramfs." };
        var newName = new Option<string?>("--as") { Description = "Name of the new image. Default: NAME@iscsi, NAME@overlay or NAME@VERSION-iscsi." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("prepare", "Makes a version of an image for other kinds of root: installs what is missing inside a copy of it, from its own package sources.") { name, iscsi, overlay, newName, json };
        command.SetAction((result, cancellation) => BusCommand.RunAsync(async bus =>
        {
            var output = JsonOutput.Of(result, json);
            RootKind[] kinds = [.. result.GetValue(iscsi) ? [RootKind.Iscsi] : (RootKind[])[], .. result.GetValue(overlay) ? [RootKind.Overlay] : (RootKind[])[]];
            if (kinds.Length == 0)
            {
                throw new StorageException("Say what for: --iscsi, --overlay or both.");
            }

            if (!Environment.IsPrivilegedProcess)
            {
                throw new StorageException("The image's own programs are run in a container, which needs root's rights: use sudo.");
            }

            string image = result.GetRequiredValue(name);
            ImageInfo origin = (await BusCommand.Storage(bus).ListImagesAsync(cancellation)).FirstOrDefault(one => one.Name == image)
                ?? throw new StorageException($"There is no image '{image}'. 'bramble image list' shows those there are.");
            using var progress = new ProgressLine();
            ImageInfo made = await BusCommand.Storage(bus).PrepareImageAsync(
                image, result.GetValue(newName) ?? NameOf(image, kinds), kinds, (folder, stop) => ImageContainer.InstallAsync(folder, origin.BootMountPoint, kinds, progress, stop), cancellation);
            progress.Dispose();
            await BusCommand.TellServerAsync(bus, cancellation);
            output.Write(made, StorageContractJson.Default.ImageInfo);
            AnsiConsole.MarkupLineInterpolated($"[green]Made[/] image [bold]{made.Name}[/]. Clients get it with: bramble client image CLIENT {made.Name}, or new ones with: bramble client add --image {made.Name}");
        }));
        return command;
    }

    /// <summary>The name of the new version.</summary>
    internal static string NameOf(string image, IReadOnlyList<RootKind> kinds) =>
        $"{image}{(image.Contains('@', StringComparison.Ordinal) ? '-' : '@')}{string.Join('-', kinds.Select(static kind => kind.ToString().ToLowerInvariant()))}";
}
