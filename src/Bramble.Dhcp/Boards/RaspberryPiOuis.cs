using System.Collections.Frozen;
using System.Globalization;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Boards;

/// <summary>The vendor prefixes of Raspberry Pi Ethernet addresses, from the data file in the assembly.</summary>
public static class RaspberryPiOuis
{
    private static readonly FrozenDictionary<uint, PiFamily> s_families = Load();

    /// <summary>The family that an address hints at; <see cref="PiFamily.None"/> if its prefix is no Raspberry Pi's.</summary>
    public static PiFamily FamilyOf(MacAddress address) => s_families.GetValueOrDefault(address.Oui);

    internal static Dictionary<uint, PiFamily> Parse(TextReader reader)
    {
        var families = new Dictionary<uint, PiFamily>();
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string[] words = (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words.Length != 2 || words[0].Length != 8
                || !uint.TryParse(words[0].Replace(":", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint oui)
                || words[1] is not ("3" or "4" or "5"))
            {
                throw new FormatException($"raspberry-pi-ouis.txt, line {number}: expected 'aa:bb:cc 3|4|5', found '{line}'.");
            }

            families[oui] = words[1][0] switch { '3' => PiFamily.Pi3, '4' => PiFamily.Pi4, _ => PiFamily.Pi5 };
        }

        return families;
    }

    private static FrozenDictionary<uint, PiFamily> Load()
    {
        using Stream stream = typeof(RaspberryPiOuis).Assembly.GetManifestResourceStream("raspberry-pi-ouis.txt")
            ?? throw new InvalidOperationException("The resource raspberry-pi-ouis.txt is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return Parse(reader).ToFrozenDictionary();
    }
}
