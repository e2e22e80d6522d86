using System.Globalization;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Configuration;

/// <summary>Readers of values. Each returns null, or a sentence that says what a right value looks like.</summary>
internal static class ConfigValues
{
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
    public static string? OneOf<T>(IniEntry entry, Action<T> set)
        where T : struct, Enum
    {
        bool known = Enum.TryParse(entry.Value, ignoreCase: true, out T value) && Enum.IsDefined(value) && !char.IsDigit(entry.Value[0]);
        return Set(known, value, set, $"use one of: {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
    }

    /// <summary>A UDP or TCP port.</summary>
    public static string? Port(IniEntry entry, Action<int> set)
    {
        bool right = int.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536;
        return Set(right, port, set, "use a number from 1 to 65535.");
    }

    /// <summary>An IPv4 address.</summary>
    public static string? Address(IniEntry entry, Action<Ipv4Address?> set) =>
        Set(Ipv4Address.TryParse(entry.Value, out Ipv4Address address), address, v => set(v), "use an address such as 192.168.1.1.");

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

    /// <summary>Two IPv4 addresses with a dash between them, the lower first.</summary>
    public static string? AddressRange(IniEntry entry, Action<(Ipv4Address First, Ipv4Address Last)?> set)
    {
        string[] ends = entry.Value.Split('-', StringSplitOptions.TrimEntries);
        Ipv4Address first = default, last = default;
        bool right = ends.Length == 2 && Ipv4Address.TryParse(ends[0], out first) && Ipv4Address.TryParse(ends[1], out last)
            && first.Value <= last.Value && last.Value - first.Value < 1 << 16;
        return Set(right, (first, last), v => set(v), "use two addresses such as 192.168.1.100-192.168.1.199, the lower first.");
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
