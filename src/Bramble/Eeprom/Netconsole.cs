using System.Globalization;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;

namespace Bramble.Eeprom;

/// <summary>The setting NETCONSOLE: <c>SOURCE_PORT@SOURCE_IP/,PORT@IP/MAC</c>. Every separator and the source address must be there. Pure.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "NETCONSOLE".</remarks>
internal static class Netconsole
{
    /// <summary>What <c>bramble eeprom make --netconsole</c> makes: a broadcast to where Bramble listens.</summary>
    public const string Default = "6665@169.254.1.1/,6666@/";

    private const int Longest = 32;

    /// <summary>The setting in words.</summary>
    public static string Explain(string value)
    {
        if (value.Length == 0)
        {
            return "no log over the network";
        }

        if (value.Length > Longest)
        {
            return $"is too long: {Longest} characters at most";
        }

        int comma = value.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !TryRead(value[..comma], out _, out string source) || !TryRead(value[(comma + 1)..], out int port, out string target)
            || !Ipv4Address.TryParse(source, out _) || (target.Length > 0 && !Ipv4Address.TryParse(target, out _)))
        {
            return $"is no such setting: every separator must be there, as in {Default}";
        }

        string to = target.Length == 0 ? "all" : target;
        string heard = port == LinuxNetworkWatch.LogPort ? "Bramble keeps it with [clients] netconsole = yes" : string.Create(CultureInfo.InvariantCulture, $"Bramble listens on port {LinuxNetworkWatch.LogPort} only");
        return string.Create(CultureInfo.InvariantCulture, $"the bootloader's log is sent to {to}, UDP port {port}; {heard}");
    }

    // Such as 6666@10.0.0.1/ with anything behind it: a device name is ignored, and so is a MAC.
    private static bool TryRead(string end, out int port, out string address)
    {
        (port, address) = (LinuxNetworkWatch.LogPort, "");
        int at = end.IndexOf('@', StringComparison.Ordinal);
        int slash = end.IndexOf('/', StringComparison.Ordinal);
        if (at < 0 || slash < at)
        {
            return false;
        }

        address = end[(at + 1)..slash];
        return at == 0 || (int.TryParse(end[..at], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue);
    }
}
