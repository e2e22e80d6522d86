using System.Globalization;
using System.Text;
using Bramble.Dhcp;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Configuration;

/// <summary>Readers of values. Each returns null, or a sentence that says what a right value looks like.</summary>
internal static partial class ConfigValues
{
    // What is longer finds no room in a reply.
    private const int LongestOption = 512;

    /// <summary>Any text but the empty one.</summary>
    public static string? Text(IniEntry entry, Action<string> set) => Set(entry.Value.Length > 0, entry.Value, set, "give a value, or put # before the line.");

    /// <summary>yes or no.</summary>
    public static string? YesNo(IniEntry entry, Action<bool> set)
    {
        bool? value = entry.Value.ToLowerInvariant() switch
        {
            "yes" or "true" or "on" or "1" => true,
            "no" or "false" or "off" or "0" => false,
            _ => null,
        };
        return Set(value.HasValue, value.GetValueOrDefault(), set, "use 'yes' or 'no'.");
    }

    /// <summary>A name of an enumeration, in lower case.</summary>
    public static string? OneOf<T>(IniEntry entry, Action<T> set, params T[] except)
        where T : struct, Enum
    {
        T[] allowed = [.. Enum.GetValues<T>().Except(except)];
        bool known = Enum.TryParse(entry.Value, ignoreCase: true, out T value) && allowed.Contains(value) && !char.IsDigit(entry.Value[0]);
        return Set(known, value, set, $"use one of: {string.Join(", ", allowed.Select(n => n.ToString().ToLowerInvariant()))}.");
    }

    /// <summary>A UDP or TCP port.</summary>
    public static string? Port(IniEntry entry, Action<int> set)
    {
        bool right = int.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536;
        return Set(right, port, set, "use a number from 1 to 65535.");
    }

    /// <summary>A whole number.</summary>
    public static string? Number(IniEntry entry, int least, int most, Action<int> set)
    {
        bool right = int.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most;
        return Set(right, number, set, $"use a number from {least} to {most}.");
    }

    /// <summary>A version of NFS, or auto.</summary>
    public static string? NfsVersion(BrambleConfig config, IniEntry entry) =>
        Set(entry.Value is "auto" or "3" or "4.1", entry.Value == "auto" ? null : entry.Value, v => config.Nfs = v, "use one of: auto, 3, 4.1.");

    /// <summary>Bytes with a unit, 500M, 2G or 1T; or a word, which stands for null.</summary>
    public static string? Size(IniEntry entry, string word, Action<long?> set)
    {
        string text = entry.Value;
        int shift = text.Length > 1 ? text[^1] switch { 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 } : 0;
        long number = 0;
        bool right = shift > 0 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and < 1 << 20;
        return Set(right || text == word, right ? number << shift : (long?)null, set, $"use a number with a unit, such as 500M, 2G or 1T, or '{word}'.");
    }

    /// <summary>Names of edits.</summary>
    public static string? Edits(IniEntry entry, Action<List<string>> set)
    {
        List<string> names = [.. Words(entry.Value)];
        return Set(names.Count > 0 && names.TrueForAll(EditCatalogue.IsKnown), names, set, $"use names of: {EditCatalogue.Names}.");
    }

    /// <summary>IPv4 addresses separated by commas or blanks.</summary>
    public static string? Addresses(IniEntry entry, Action<List<Ipv4Address>> set)
    {
        var addresses = new List<Ipv4Address>();
        bool right = true;
        foreach (string word in Words(entry.Value))
        {
            right &= Ipv4Address.TryParse(word, out Ipv4Address address);
            addresses.Add(address);
        }

        return Set(right && addresses.Count > 0, addresses, set, "use addresses such as 192.168.1.1, 192.168.1.2.");
    }

    /// <summary>Ranges separated by commas: two IPv4 addresses with a dash between them, the lower first.</summary>
    public static string? AddressRanges(IniEntry entry, Action<List<(Ipv4Address First, Ipv4Address Last)>> set)
    {
        var ranges = new List<(Ipv4Address First, Ipv4Address Last)>();
        bool right = true;
        foreach (string range in entry.Value.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = range.Split('-', StringSplitOptions.TrimEntries);
            Ipv4Address first = default, last = default;
            right &= ends.Length == 2 && Ipv4Address.TryParse(ends[0], out first) && Ipv4Address.TryParse(ends[1], out last)
                && first.Value <= last.Value && last.Value - first.Value < 1 << 16;
            ranges.Add((first, last));
        }

        return Set(right, ranges, set, "use two addresses such as 192.168.1.100-192.168.1.199, the lower first.");
    }

    /// <summary>Networks and the routers to them, separated by commas: <c>10.0.0.0/8 via 192.168.1.1</c>.</summary>
    public static string? Routes(IniEntry entry, Action<List<DhcpRoute>> set)
    {
        var routes = new List<DhcpRoute>();
        bool right = true;
        foreach (string text in entry.Value.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = Words(text);
            Ipv4Subnet network = default;
            Ipv4Address router = default;
            right &= words.Length == 3 && Ipv4Subnet.TryParse(words[0], out network)
                && words[1].Equals("via", StringComparison.OrdinalIgnoreCase) && Ipv4Address.TryParse(words[2], out router);
            routes.Add(new DhcpRoute(network, router));
        }

        return Set(right, routes, set, "use a network and its router, such as 10.0.0.0/8 via 192.168.1.1; several with commas.");
    }

    /// <summary>A DHCP option by its number, with a kind and a value.</summary>
    public static string? ExtraOption(BrambleConfig config, IniEntry entry)
    {
        if (!byte.TryParse(entry.Key["option.".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out byte code) || code is 0 or 255)
        {
            return "name the option by a number from 1 to 254, such as option.150.";
        }

        if (DhcpExtraOption.IsOurs(code))
        {
            return Owner(code);
        }

        string[] words = entry.Value.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        bool always = words is ["always", _];
        if (always)
        {
            words = words[1].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        }

        byte[]? value = words is [string kind, string text] ? OptionValue(kind.ToLowerInvariant(), text.Trim()) : null;
        if (value is not { Length: > 0 and <= LongestOption })
        {
            return "write a kind and a value: 'ip 192.168.1.5, 192.168.1.6', 'text http://192.168.1.5/', 'u8 1', 'u16 1500', 'u32 60' or 'hex 0a:ff'.";
        }

        config.ExtraOptions.Add(new DhcpExtraOption(code, value, always));
        return null;
    }

    /// <summary>A length of time with its unit: 30s, 10m, 12h, 7d.</summary>
    public static string? Duration(IniEntry entry, TimeSpan least, TimeSpan most, Action<TimeSpan> set)
    {
        string text = entry.Value;
        int seconds = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 } : 0;
        TimeSpan value = default;
        bool right = seconds > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= int.MaxValue / seconds && (value = TimeSpan.FromSeconds((long)number * seconds)) >= least && value <= most;
        return Set(right, value, set, $"use a number with a unit, such as 30m, 12h or 7d, between {Show(least)} and {Show(most)}.");
    }

    /// <summary>An absolute path.</summary>
    public static string? Folder(IniEntry entry, Action<string> set) =>
        Set(entry.Value.StartsWith('/') && !entry.Value.Contains('\0', StringComparison.Ordinal), entry.Value.Length > 1 ? entry.Value.TrimEnd('/') : entry.Value, set, "use an absolute path, one that begins with '/'.");

    /// <summary>A log level.</summary>
    public static string? Level(IniEntry entry, Action<LogLevel> set)
    {
        LogLevel? level = entry.Value.ToLowerInvariant() switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => null,
        };
        return Set(level.HasValue, level.GetValueOrDefault(), set, "use one of: debug, info, warning, error.");
    }

    /// <summary>Names of network interfaces; whether they are there is known only later.</summary>
    public static string? Interfaces(BrambleConfig config, IniEntry entry)
    {
        List<string> names = [.. Words(entry.Value)];
        bool right = names.Count > 0 && names.TrueForAll(n => n.Length < 16 && !n.Contains('/', StringComparison.Ordinal));
        return Set(right, names, v => (config.Interfaces, config.InterfacesLine) = (v, entry.Line), "name interfaces such as eth0; 'ip link' lists them.");
    }

    private static byte[]? OptionValue(string kind, string text)
    {
        switch (kind)
        {
            case "ip":
                var octets = new List<byte>();
                foreach (string word in Words(text))
                {
                    if (!Ipv4Address.TryParse(word, out Ipv4Address address))
                    {
                        return null;
                    }

                    octets.AddRange(Number(address.Value, 4));
                }

                return [.. octets];
            case "text":
                return Ascii.IsValid(text) ? Encoding.ASCII.GetBytes(text) : null;
            case "u8":
            case "u16":
            case "u32":
                int size = int.Parse(kind.AsSpan(1), CultureInfo.InvariantCulture) / 8;
                return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && (size == 4 || number >> (8 * size) == 0)
                    ? Number(number, size)
                    : null;
            case "hex":
                string digits = text.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
                return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
            default:
                return null;
        }
    }

    private static byte[] Number(uint value, int size) => [.. Enumerable.Range(1, size).Select(i => (byte)(value >> (8 * (size - i))))];

    private static string Owner(byte code) => code switch
    {
        DhcpOption.Router => "this option has a key of its own: gateway.",
        DhcpOption.DomainNameServer => "this option has a key of its own: dns.",
        DhcpOption.DomainName => "this option has a key of its own: domain.",
        DhcpOption.NtpServers => "this option has a key of its own: ntp.",
        DhcpOption.LeaseTime or DhcpOption.RenewalTime or DhcpOption.RebindingTime => "this option has a key of its own: lease-time.",
        DhcpOption.ClasslessStaticRoute => "this option has a key of its own: routes.",
        DhcpOption.HostName => "remove the line: each client's name is its host name.",
        DhcpOption.VendorSpecific or DhcpOption.VendorClass or DhcpOption.TftpServerName or DhcpOption.BootFileName =>
            "remove the line: Bramble sends this option to the boards that it boots, with the value that each of them needs.",
        _ => "remove the line: Bramble sets this option, or only clients send it.",
    };

    private static string[] Words(string value) =>
        value.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Show(TimeSpan span) =>
        span.TotalDays >= 1 ? $"{span.TotalDays:0}d" : span.TotalHours >= 1 ? $"{span.TotalHours:0}h" : $"{span.TotalMinutes:0}m";

    private static string? Set<T>(bool right, T value, Action<T> set, string fix)
    {
        if (!right)
        {
            return fix;
        }

        set(value);
        return null;
    }
}
