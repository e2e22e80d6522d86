using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bramble.Eeprom;

namespace Bramble.Commands;

/// <summary><c>bramble eeprom explain|make</c>: boot settings of a Pi 4 or 5 in words, and from words.</summary>
internal static class EepromCommand
{
    private const long LongestFile = 64 << 10;

    /// <summary>The verb.</summary>
    public static Command Create() => new("eeprom", "Boot settings in the EEPROM of a Pi 4 or 5.") { Explain(), Make() };

    private static Command Explain()
    {
        var file = new Argument<string>("FILE") { Description = "A boot.conf, as 'rpi-eeprom-config' prints it; - for standard input." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("explain", "Says what each setting means.") { file, json };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(file);
            try
            {
                if (path != "-" && new FileInfo(path).Length > LongestFile)
                {
                    Console.Error.WriteLine($"bramble: {path} is too long for a boot.conf. Give what 'rpi-eeprom-config' prints, not the EEPROM's image.");
                    return ExitCode.Usage;
                }

                EepromLine[] lines = [.. EepromSettings.Explain(path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path))];
                Console.WriteLine(result.GetValue(json) ? JsonSerializer.Serialize(lines, EepromJson.Default.EepromLineArray) : string.Join<EepromLine>('\n', lines));

                return ExitCode.Success;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"bramble: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }

    private static Command Make()
    {
        var order = new Option<string>("--order") { Description = $"What to try, in this order: {BootOrder.Words}.", DefaultValueFactory = _ => "network,sd" };
        var model = new Option<string?>("--model") { Description = "3b, 4b, cm4, 5 or cm5: how to set it." };
        var timeout = new Option<int?>("--file-timeout") { Description = "Seconds that one file may take; the bootloader's own is 30." };
        var retries = new Option<int?>("--retries") { Description = "How often the network is tried again before the next mode; -1 for ever." };
        var log = new Option<bool>("--netconsole") { Description = "Have the bootloader log over the network; [clients] netconsole = yes has Bramble keep it." };
        Option<bool> json = JsonOutput.Option();
        var command = new Command("make", "Prints a boot.conf, and how to get it into the board.") { order, model, timeout, retries, log, json };
        command.SetAction(result =>
        {
            if (!BootOrder.TryMake(result.GetRequiredValue(order), out string value, out string mistake))
            {
                Console.Error.WriteLine($"bramble: {mistake}");
                return ExitCode.Usage;
            }

            var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["BOOT_ORDER"] = value };
            if (result.GetValue(timeout) is { } seconds)
            {
                settings["TFTP_FILE_TIMEOUT"] = (Math.Max(5, seconds) * 1000).ToString(CultureInfo.InvariantCulture);
            }

            if (result.GetValue(retries) is { } times)
            {
                settings["NET_BOOT_MAX_RETRIES"] = Math.Max(-1, times).ToString(CultureInfo.InvariantCulture);
            }

            if (result.GetValue(log))
            {
                settings["NETCONSOLE"] = Netconsole.Default;
            }

            var made = new BootConf(EepromSettings.HowTo(result.GetValue(model)), settings);
            Console.Write(result.GetValue(json) ? JsonSerializer.Serialize(made, EepromJson.Default.BootConf) + "\n" : made.Text);
            return ExitCode.Success;
        });
        return command;
    }
}
