using System.CommandLine;
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
        var command = new Command("explain", "Says what each setting means.") { file };
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

                foreach (string line in EepromSettings.Explain(path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path)))
                {
                    Console.WriteLine(line);
                }

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
        var command = new Command("make", "Prints a boot.conf, and how to get it into the board.") { order, model, timeout, retries };
        command.SetAction(result =>
        {
            if (!BootOrder.TryMake(result.GetRequiredValue(order), out string value, out string mistake))
            {
                Console.Error.WriteLine($"bramble: {mistake}");
                return ExitCode.Usage;
            }

            foreach (string line in EepromSettings.HowTo(result.GetValue(model)))
            {
                Console.WriteLine(line);
            }

            Console.WriteLine($"[all]\nBOOT_ORDER={value}");
            if (result.GetValue(timeout) is { } seconds)
            {
                Console.WriteLine($"TFTP_FILE_TIMEOUT={Math.Max(5, seconds) * 1000}");
            }

            if (result.GetValue(retries) is { } times)
            {
                Console.WriteLine($"NET_BOOT_MAX_RETRIES={Math.Max(-1, times)}");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
