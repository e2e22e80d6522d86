using System.Globalization;

namespace Bramble.Linux.Net;

/// <summary>The kernel's IPv4 neighbour (ARP) table, as in <c>/proc/net/arp</c> (proc_net(5)).</summary>
/// <param name="path">The file to read.</param>
public sealed class NeighbourTable(string path = "/proc/self/net/arp")
{
    private const int CompleteEntry = 0x02;

    /// <summary>Looks an address up; false if there is no complete entry or the table cannot be read.</summary>
    public bool TryFind(Ipv4Address address, out MacAddress mac)
    {
        try
        {
            return TryFind(File.ReadAllText(path), address, out mac);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mac = default;
            return false;
        }
    }

    /// <summary>Looks an address up in the text of the table. Lines of another form, incomplete entries and all-zero addresses are passed over.</summary>
    public static bool TryFind(ReadOnlySpan<char> table, Ipv4Address address, out MacAddress mac)
    {
        Span<Range> fields = stackalloc Range[7];
        foreach (ReadOnlySpan<char> line in table.EnumerateLines())
        {
            int count = line.SplitAny(fields, " \t", StringSplitOptions.RemoveEmptyEntries);
            if (count < 6 || !Ipv4Address.TryParse(line[fields[0]], out Ipv4Address entry) || entry != address)
            {
                continue;
            }

            ReadOnlySpan<char> flags = line[fields[2]];
            if (flags.StartsWith("0x")
                && int.TryParse(flags[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int bits)
                && (bits & CompleteEntry) != 0
                && MacAddress.TryParse(line[fields[3]], out mac)
                && mac.Value != 0)
            {
                return true;
            }
        }

        mac = default;
        return false;
    }
}
