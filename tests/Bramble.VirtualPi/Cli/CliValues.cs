using System.Globalization;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Cli;

/// <summary>Reads option values; a <see cref="FormatException"/> says what is wrong with one.</summary>
internal static class CliValues
{
    public static PiModel Model(string option, string text) => text.ToLowerInvariant() switch
    {
        "3b" => PiModel.Pi3B,
        "3b+" => PiModel.Pi3BPlus,
        "4b" => PiModel.Pi4B,
        "5" => PiModel.Pi5,
        _ => throw new FormatException($"{option} '{text}' is none of 3b, 3b+, 4b, 5."),
    };

    /// <summary>Null stands for the bugs that the model has.</summary>
    public static RomBugs? Bugs(string option, string text, PiModel model) => text switch
    {
        "on" => null,
        "off" => RomBugs.None,
        "all" => model == PiModel.Pi3B ? RomBugs.Pi3BOnABadDay : null,
        _ => throw new FormatException($"{option} '{text}' is none of on, off, all."),
    };

    public static DateOnly Date(string option, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date
            : throw new FormatException($"{option} '{text}' is no date such as 2021-11-22.");

    public static uint Hex(string option, string text) =>
        uint.TryParse(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw new FormatException($"{option} '{text}' is no number of up to eight hex digits.");

    public static FolderFiles Folder(string folder, IReadOnlyList<string> exceptions)
    {
        if (!Directory.Exists(folder))
        {
            throw new FormatException($"--boot-files '{folder}' is no folder.");
        }

        var rules = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string exception in exceptions)
        {
            int equals = exception.IndexOf('=');
            string? file = equals < 0 ? null : exception[(equals + 1)..];
            if (file is not null && !File.Exists(file))
            {
                throw new FormatException($"--expect '{exception}': there is no file '{file}'.");
            }

            rules[equals < 0 ? exception : exception[..equals]] = file;
        }

        return new FolderFiles(folder, rules);
    }
}
