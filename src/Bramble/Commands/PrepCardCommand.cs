using System.CommandLine;
using Bramble.Configuration;
using Bramble.Eeprom;
using Bramble.Linux.Processes;

namespace Bramble.Commands;

/// <summary><c>bramble prep-card</c>: the small card that gets a fresh board to network boot.</summary>
internal static class PrepCardCommand
{
    // FAT32 needs 65,525 clusters: 64 MiB with one sector each.
    private const long CardBytes = 64L << 20;
    private const int PartitionStart = 2048;

    // Where Raspberry Pi's package rpi-eeprom puts them.
    private const string Bootloaders = "/lib/firmware/raspberrypi/bootloader-";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The card's image that is made; write it to an SD card as any other." };
        var model = new Option<string>("--model") { Description = $"{string.Join(", ", PrepCard.Models)}.", Required = true };
        model.AcceptOnlyFromAmong([.. PrepCard.Models]);
        var boot = new Option<string?>("--boot-files") { Description = "Models without an EEPROM: a folder with bootcode.bin. Default: that of an image here.", HelpName = "FOLDER" };
        var fuse = new Option<bool>("--fuse") { Description = "Pi 3B and 2B v1.2: a card that sets the fuse for network boot, for ever. Without it: a card that stays in the board." };
        var eeprom = new Option<string?>("--eeprom") { Description = "Models with an EEPROM: pieeprom.bin. Default: that of the package rpi-eeprom, where it is installed." };
        var recovery = new Option<string?>("--recovery") { Description = "Models with an EEPROM: recovery.bin. Default: as for --eeprom." };
        var order = new Option<string>("--order") { Description = $"Models with an EEPROM: what to try, in this order: {BootOrder.Words}.", DefaultValueFactory = _ => "sd,network" };
        Option<string> config = ConfigCommand.FileOption();
        var command = new Command("prep-card", "Makes the image of a small SD card that gets a fresh board to network boot.") { file, model, boot, fuse, eeprom, recovery, order, config };
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                string kind = result.GetRequiredValue(model);
                (IReadOnlyList<(string Name, byte[] Content)> files, string next) = PrepCard.HasNoEeprom(kind)
                    ? Rom(result.GetValue(boot) ?? FindBootFolder(result.GetRequiredValue(config)), kind, result.GetValue(fuse))
                    : Eeprom(kind, result.GetValue(eeprom), result.GetValue(recovery), result.GetRequiredValue(order));
                await WriteAsync(result.GetRequiredValue(file), files, cancellation);
                Console.WriteLine($"{result.GetRequiredValue(file)}: {string.Join(", ", files.Select(static f => f.Name))}\n{next}");
                return ExitCode.Success;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                Console.Error.WriteLine($"bramble: {e.Message}");
                return e is FormatException ? ExitCode.Usage : ExitCode.Failure;
            }
        });
        return command;
    }

    private static (IReadOnlyList<(string Name, byte[] Content)> Files, string Next) Rom(string folder, string model, bool fuse)
    {
        if (fuse && model == "3b+")
        {
            throw new FormatException("A Pi 3B+ boots from the network as it is: its fuse is set.");
        }

        List<(string, byte[])> files = [.. PrepCard.FilesOf(fuse).Select(name => (name, File.ReadAllBytes(Path.Combine(folder, name))))];
        if (!fuse)
        {
            return (files, "Leave the card in the board.");
        }

        files.Add(("config.txt", System.Text.Encoding.ASCII.GetBytes(PrepCard.FuseSettings)));
        return (files, "Start the board once with this card for 10 s, then take it out. The fuse stays set for ever, in every board that is started with it.");
    }

    private static (IReadOnlyList<(string Name, byte[] Content)> Files, string Next) Eeprom(string model, string? image, string? recovery, string order)
    {
        if (!BootOrder.TryMake(order, out string value, out string mistake))
        {
            throw new FormatException(mistake);
        }

        string chip = model is "5" or "500" ? "2712" : "2711";
        string newest = image ?? Newest(chip, "pieeprom-*.bin") ?? throw Missing("--eeprom pieeprom.bin", chip);
        string loader = recovery ?? Newest(chip, "recovery.bin") ?? throw Missing("--recovery recovery.bin", chip);
        return (PrepCard.EepromFiles(File.ReadAllBytes(loader), File.ReadAllBytes(newest), value, DateTimeOffset.UtcNow),
            $"Start the board once with this card, until its green LED flashes fast and evenly or the screen is green; then take it out. BOOT_ORDER is {value}. Back again: the same with --order of your choice.");
    }

    private static FormatException Missing(string option, string chip) =>
        new($"The bootloader's files are not here. Give them with {option}: they are in firmware-{chip}/default of github.com/raspberrypi/rpi-eeprom, and in the package rpi-eeprom of Raspberry Pi OS.");

    private static string? Newest(string chip, string pattern)
    {
        string folder = Bootloaders + chip;
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).OrderByDescending(static f => Path.GetFileName(f), StringComparer.Ordinal).FirstOrDefault()
            : null;
    }

    private static string FindBootFolder(string configFile)
    {
        string images = Path.Combine(ConfigFile.Load(configFile).Config?.DataFolder ?? new BrambleConfig().DataFolder, "images");
        return (Directory.Exists(images) ? Directory.EnumerateDirectories(images) : [])
            .Select(static image => Path.Combine(image, "boot")).FirstOrDefault(static boot => File.Exists(Path.Combine(boot, "bootcode.bin")))
            ?? throw new FormatException($"No image in {images} has a bootcode.bin. Add one of Raspberry Pi OS, or give --boot-files FOLDER: it is in boot of github.com/raspberrypi/firmware.");
    }

    private static async Task WriteAsync(string card, IReadOnlyList<(string Name, byte[] Content)> files, CancellationToken cancellation)
    {
        if (File.Exists(card) || Directory.Exists(card))
        {
            throw new IOException($"{card} is there already. Remove it, or choose another name.");
        }

        string folder = Directory.CreateTempSubdirectory("bramble-card-").FullName;
        try
        {
            foreach ((string name, byte[] content) in files)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name), content, cancellation);
            }

            string path = Path.GetFullPath(card);
            await using (FileStream made = new(path, FileMode.CreateNew, FileAccess.Write))
            {
                made.SetLength(CardBytes);
            }

            // One FAT32 partition that all boot ROMs know.
            await RunAsync("sh", ["-c", $"echo '{PartitionStart},,0x0c,*' | sfdisk --quiet --label dos \"$0\"", path], cancellation);
            await RunAsync("mkfs.vfat", ["-F", "32", "-s", "1", "-n", "BRAMBLE", $"--offset={PartitionStart}", path, ((CardBytes / 1024) - (PartitionStart / 2)).ToString(System.Globalization.CultureInfo.InvariantCulture)], cancellation);
            await RunAsync("mcopy", ["-i", $"{path}@@{PartitionStart * 512}", .. files.Select(f => Path.Combine(folder, f.Name)), "::/"], cancellation);
        }
        catch
        {
            File.Delete(card);
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync(program, arguments, cancellation);
        if (result.ExitCode != 0)
        {
            throw new IOException($"{program} failed: {result.Error.Trim()}");
        }
    }
}
