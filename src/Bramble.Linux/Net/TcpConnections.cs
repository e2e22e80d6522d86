using System.Buffers.Binary;
using System.Globalization;

namespace Bramble.Linux.Net;

/// <summary>The kernel's TCP sockets, as in <c>/proc/net/tcp</c> and <c>/proc/net/tcp6</c> (proc_net(5)).</summary>
public static class TcpConnections
{
    private const string Established = "01";
    private const string MappedPrefix = "0000000000000000FFFF0000";

    /// <summary>Reads the established connections to the given local ports, IPv4 ones and those of dual-stack sockets; empty if the tables cannot be read.</summary>
    public static IReadOnlyList<TcpConnection> ReadEstablished(ReadOnlySpan<ushort> localPorts)
    {
        var found = new List<TcpConnection>();
        Read("/proc/self/net/tcp", localPorts, found);
        Read("/proc/self/net/tcp6", localPorts, found);
        return found;
    }

    /// <summary>Adds the established IPv4 connections of one table to <paramref name="found"/>. Lines of another form are passed over.</summary>
    /// <param name="table">Text of the table.</param>
    /// <param name="localPorts">The local ports of interest.</param>
    /// <param name="found">Takes the connections.</param>
    public static void ParseEstablished(ReadOnlySpan<char> table, ReadOnlySpan<ushort> localPorts, ICollection<TcpConnection> found)
    {
        Span<Range> fields = stackalloc Range[5];
        foreach (ReadOnlySpan<char> line in table.EnumerateLines())
        {
            int count = line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
            if (count < 5 || !line[fields[3]].SequenceEqual(Established)
                || !TryParseEndpoint(line[fields[1]], out Ipv4Address local, out ushort localPort)
                || !localPorts.Contains(localPort)
                || !TryParseEndpoint(line[fields[2]], out Ipv4Address remote, out ushort remotePort))
            {
                continue;
            }

            found.Add(new TcpConnection(local, localPort, remote, remotePort));
        }
    }

    private static void Read(string path, ReadOnlySpan<ushort> localPorts, List<TcpConnection> found)
    {
        try
        {
            ParseEstablished(File.ReadAllText(path), localPorts, found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without IPv6 has no tcp6.
        }
    }

    private static bool TryParseEndpoint(ReadOnlySpan<char> text, out Ipv4Address address, out ushort port)
    {
        address = default;
        port = 0;
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        ReadOnlySpan<char> host = text[..colon];
        if (host.Length == 32)
        {
            if (!host.StartsWith(MappedPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            host = host[24..];
        }

        if (host.Length != 8
            || !uint.TryParse(host, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint raw)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out port))
        {
            return false;
        }

        // The kernel prints the network-order word as a number of the machine's own byte order.
        address = new Ipv4Address(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw);
        return true;
    }
}
