using System.Globalization;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>A process that holds a UDP port.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Name">Its command name, as in <c>/proc/PID/comm</c>.</param>
public readonly record struct UdpPortHolder(int ProcessId, string Name)
{
    /// <summary>
    /// Finds who holds a port, from <c>/proc/net/udp</c> and the descriptors of the processes that this one may look into.
    /// Empty if that cannot be told. For messages to people: it reads all of <c>/proc</c>.
    /// </summary>
    public static IReadOnlyList<UdpPortHolder> Find(Ipv4Address address, ushort port)
    {
        var holders = new List<UdpPortHolder>();
        try
        {
            HashSet<string> links = SocketLinks(address, port);
            if (links.Count == 0)
            {
                return holders;
            }

            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Holds(folder, links))
                {
                    holders.Add(new UdpPortHolder(pid, File.ReadAllText($"{folder}/comm").Trim()));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that ended meanwhile, or a hidden /proc: whatever was found until here is the answer.
        }

        return holders;
    }

    /// <summary><c>dnsmasq (pid 712)</c>.</summary>
    public override string ToString() => $"{Name} (pid {ProcessId})";

    private static HashSet<string> SocketLinks(Ipv4Address address, ushort port)
    {
        var links = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines("/proc/self/net/udp").Skip(1).Concat(Ipv6Lines()))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] local = fields.Length > 9 ? fields[1].Split(':') : [];
            if (local.Length == 2
                && ushort.TryParse(local[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort localPort)
                && localPort == port && Overlaps(local[0], address))
            {
                links.Add($"socket:[{fields[9]}]");
            }
        }

        return links;
    }

    private static IEnumerable<string> Ipv6Lines() => File.Exists("/proc/self/net/udp6") ? File.ReadLines("/proc/self/net/udp6").Skip(1) : [];

    private static bool Overlaps(string hex, Ipv4Address address)
    {
        // The kernel prints the address as a number in machine order; IPv6 sockets may be bound to both families.
        if (hex.Length != 8 || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint raw))
        {
            return hex.Length == 32;
        }

        var local = Ipv4Address.FromOctets(BitConverter.GetBytes(raw));
        return local.IsAny || address.IsAny || local == address;
    }

    private static bool Holds(string folder, HashSet<string> links)
    {
        try
        {
            return Directory.EnumerateFiles($"{folder}/fd").Any(f => new FileInfo(f).LinkTarget is { } target && links.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
