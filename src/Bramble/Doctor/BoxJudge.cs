using System.Globalization;
using Bramble.Configuration;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Linux.Sockets;
using Bramble.Storage.Contract;

namespace Bramble.Doctor;

/// <summary>Judges what was seen of the box. Pure.</summary>
internal static class BoxJudge
{
    private const int SlowLink = 1000;
    private const long LittleSpace = 2L << 30;
    private const int MostFindings = 3;

    /// <summary>The interfaces that boards are served on: cable, speed, address.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="present">The interfaces of this machine.</param>
    /// <param name="speeds">Megabits a second by name; absent where the driver does not say.</param>
    /// <param name="dynamic">Those whose address comes from another DHCP server.</param>
    /// <param name="gives">True where this server gives the addresses.</param>
    public static IEnumerable<DoctorFinding> Links(
        IReadOnlyList<string> names, IReadOnlyList<InterfaceInfo> present, IReadOnlyDictionary<string, int> speeds, IReadOnlySet<string> dynamic, bool gives)
    {
        foreach (string name in names)
        {
            if (present.FirstOrDefault(i => i.Name == name) is not { } found)
            {
                yield return DoctorFinding.Wrong("link", $"There is no interface {name}.", "Name another one with [server] interface, or look with 'ip link' what it is called now.");
                continue;
            }

            if (!found.IsUp)
            {
                yield return DoctorFinding.Wrong("link", $"{name} is switched off.", $"ip link set {name} up; and have the system's network configuration do so.");
            }
            else if (!found.HasCarrier)
            {
                yield return DoctorFinding.Wrong("link", $"{name} has no link.", "Look at the cable, at the switch and at the lights of the socket.");
            }
            else if (found.Kind == InterfaceKind.Wireless)
            {
                yield return DoctorFinding.Wrong("link", $"{name} is a wireless interface: Raspberry Pis boot by cable only.", "Serve a wired interface.");
            }
            else if (speeds.TryGetValue(name, out int speed) && speed is > 0 and < SlowLink)
            {
                yield return DoctorFinding.Wrong("link", string.Create(CultureInfo.InvariantCulture, $"{name} has a link of {speed} Mb/s only: {speed / 8} MB/s for all boards together."), "Use a gigabit port and a cable with eight good wires.");
            }
            else
            {
                yield return DoctorFinding.Ok("link", speeds.TryGetValue(name, out speed) && speed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name} has a link of {speed} Mb/s.") : $"{name} has a link.");
            }

            if (found.FirstAddress is not ({ } address, { } subnet))
            {
                yield return DoctorFinding.Wrong("addresses", $"{name} has no IPv4 address.", $"Give it a fixed one in the system's network configuration, such as 192.168.77.1/24.");
            }
            else if (gives && dynamic.Contains(name))
            {
                yield return DoctorFinding.Wrong("addresses", $"{name} got its address {address} from another DHCP server, and this one gives addresses on the same network.", "Give the interface a fixed address, or set [dhcp] mode = proxy.");
            }
            else
            {
                yield return DoctorFinding.Ok("addresses", $"{name} has {address} in {subnet}.");
            }
        }
    }

    /// <summary>What the running server says of the network around it.</summary>
    public static IEnumerable<DoctorFinding> Network(FleetStatus fleet)
    {
        Fault? rival = fleet.Faults.FirstOrDefault(static f => f.Code == FaultCode.SecondServer);
        yield return rival is null
            ? DoctorFinding.Ok("other-dhcp", fleet.Server.Mode == "server" ? "No other DHCP server answers." : "Another DHCP server gives the addresses; this one adds what a boot needs.")
            : DoctorFinding.Wrong("other-dhcp", rival.Seen, rival.Fix);
        foreach (Fault fault in fleet.Faults.Where(static f => f.Code is not FaultCode.SecondServer))
        {
            yield return DoctorFinding.Wrong(fault.Code == FaultCode.ServerClock ? "clock" : "server", $"{fault.Code} {fault.Title}: {fault.Seen}", fault.Fix);
        }
    }

    /// <summary>The ports that must be open here.</summary>
    /// <param name="wanted">Port, protocol and what for.</param>
    /// <param name="udp">/proc/net/udp and udp6.</param>
    /// <param name="tcp">/proc/net/tcp and tcp6.</param>
    public static IEnumerable<DoctorFinding> Ports(IReadOnlyList<(int Port, bool Tcp, string For, string Fix)> wanted, string udp, string tcp)
    {
        HashSet<int> openUdp = Listening(udp, listen: false), openTcp = Listening(tcp, listen: true);
        var missing = wanted.Where(w => !(w.Tcp ? openTcp : openUdp).Contains(w.Port)).ToList();
        foreach ((int port, bool isTcp, string what, string fix) in missing)
        {
            yield return DoctorFinding.Wrong("ports", $"Nobody listens at {(isTcp ? "TCP" : "UDP")} port {port} ({what}).", fix);
        }

        if (missing.Count == 0)
        {
            yield return DoctorFinding.Ok("ports", $"Open: {string.Join(", ", wanted.Select(static w => $"{(w.Tcp ? "TCP" : "UDP")} {w.Port} ({w.For})"))}.");
        }
    }

    /// <summary>Whether the firewall of this machine lets boards through, as far as its rules can be read.</summary>
    /// <param name="ruleset">What <c>nft list ruleset</c> prints; null where it could not be read.</param>
    /// <param name="wanted">Port, protocol and what for.</param>
    public static DoctorFinding Firewall(string? ruleset, IReadOnlyList<(int Port, bool Tcp, string For, string Fix)> wanted)
    {
        if (ruleset is null)
        {
            return DoctorFinding.Unknown("firewall", "The rules cannot be read.", "Run it as root: sudo bramble doctor. Without nftables, look at your firewall's own tool.");
        }

        string[] lines = ruleset.Split('\n');
        bool drops = lines.Any(static l => l.Contains("hook input", StringComparison.Ordinal) && l.Contains("policy drop", StringComparison.Ordinal))
            || lines.Any(static l => l.Trim() is "drop" or "reject" or "counter drop" || l.Contains("reject with icmp", StringComparison.Ordinal));
        if (!drops)
        {
            return DoctorFinding.Ok("firewall", "It lets everything in.");
        }

        string[] closed = [.. wanted.Where(w => !lines.Any(l => Lets(l, w.Port, w.Tcp ? "tcp" : "udp"))).Select(static w => $"{(w.Tcp ? "TCP" : "UDP")} {w.Port} ({w.For})")];
        return closed.Length == 0
            ? DoctorFinding.Ok("firewall", "It drops what it does not know, and has rules for all ports.")
            : DoctorFinding.Wrong("firewall", $"It drops what it does not know, and no rule names {string.Join(", ", closed)}.", "Let these ports in on the interface of the boards.");
    }

    /// <summary>Exports, targets, images and roots.</summary>
    public static IEnumerable<DoctorFinding> Storage(IReadOnlyList<StorageFinding> found)
    {
        if (found.Count == 0)
        {
            yield return DoctorFinding.Ok("storage", "Images, roots, exports and targets are as they should be.");
        }

        // More would push everything else out of sight.
        foreach (StorageFinding one in found.Take(MostFindings))
        {
            yield return DoctorFinding.Wrong("storage", $"{one.Subject}: {one.Seen}", one.IsMendable ? $"sudo bramble doctor storage --mend: {one.Remedy}" : one.Remedy);
        }

        if (found.Count > MostFindings)
        {
            yield return DoctorFinding.Wrong("storage", $"{found.Count - MostFindings} more findings.", "sudo bramble doctor storage");
        }
    }

    /// <summary>Space of a folder's file system.</summary>
    public static DoctorFinding Space(string folder, long free, long size)
    {
        string seen = string.Create(CultureInfo.InvariantCulture, $"{folder} has {free / 1e9:0.0} of {size / 1e9:0.0} GB free.");
        return free < LittleSpace && free < size / 2 || free < size / 20
            ? DoctorFinding.Wrong("space", seen, "Remove images, clients or snapshots that nobody needs (bramble image remove, bramble client remove, bramble snapshot remove), or use a larger disk.")
            : DoctorFinding.Ok("space", seen);
    }

    /// <summary>The clock of this machine.</summary>
    /// <param name="synchronized">What <c>timedatectl</c> says; null where it does not run.</param>
    /// <param name="now">What it says.</param>
    public static DoctorFinding Clock(bool? synchronized, DateTimeOffset now) => synchronized switch
    {
        true => DoctorFinding.Ok("clock", "It is synchronized with a time server."),
        false => DoctorFinding.Wrong("clock", $"It is not synchronized with a time server; it says {now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}.", "Let this machine reach a time server (timedatectl timesync-status), or set the time: timedatectl set-time."),
        null => DoctorFinding.Unknown("clock", $"Whether it is synchronized cannot be seen; it says {now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}.", "Compare it with your own."),
    };

    /// <summary>Whether the server that runs is the program that is installed.</summary>
    public static DoctorFinding Version(string installed, bool isOld) => isOld
        ? DoctorFinding.Wrong("versions", $"{installed} is installed; the server that runs is of another one.", "systemctl restart bramble. Boots under way go on.")
        : DoctorFinding.Ok("versions", installed);

    // Lines of /proc/net: "sl local_address rem_address st …", addresses in hexadecimal, state 0A is LISTEN.
    private static HashSet<int> Listening(string table, bool listen)
    {
        var ports = new HashSet<int>();
        foreach (string line in table.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 3 && words[1].Split(':') is [_, { } port] && int.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int number) && (!listen || words[3] == "0A"))
            {
                ports.Add(number);
            }
        }

        return ports;
    }

    /// <summary>A rule that accepts a port, by number or as one of a range.</summary>
    private static bool Lets(string line, int port, string protocol)
    {
        if (!line.Contains("accept", StringComparison.Ordinal) || !(line.Contains(protocol + " dport", StringComparison.Ordinal) || line.Contains("th dport", StringComparison.Ordinal)))
        {
            return false;
        }

        string ports = line[(line.IndexOf("dport", StringComparison.Ordinal) + "dport".Length)..line.IndexOf("accept", StringComparison.Ordinal)];
        foreach (string word in ports.Split(' ', ',', '{', '}'))
        {
            string[] range = word.Split('-');
            if (int.TryParse(range[0], out int first) && int.TryParse(range[^1], out int last) && port >= first && port <= last)
            {
                return true;
            }
        }

        return false;
    }
}
