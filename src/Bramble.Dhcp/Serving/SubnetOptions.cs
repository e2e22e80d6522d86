using System.Text;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>The options that are the same for every client of one subnet, encoded once.</summary>
internal sealed class SubnetOptions
{
    private readonly byte[]?[] _values = new byte[]?[256];

    public SubnetOptions(ServedSubnet subnet, DhcpOptions options)
    {
        _values[DhcpOption.SubnetMask] = Addresses([subnet.Subnet.Mask]);
        _values[DhcpOption.BroadcastAddress] = Addresses([subnet.Subnet.BroadcastAddress]);
        _values[DhcpOption.Router] = subnet.Gateway is { } gateway ? Addresses([gateway]) : null;
        _values[DhcpOption.DomainNameServer] = Addresses(subnet.DnsServers);
        _values[DhcpOption.NtpServers] = Addresses(options.NtpServers.Count == 0 && options.IsTimeServer ? [subnet.Server] : [.. options.NtpServers]);
        _values[DhcpOption.DomainName] = options.DomainName is { Length: > 0 } domain ? Encoding.ASCII.GetBytes(domain) : null;
        _values[DhcpOption.ClasslessStaticRoute] = Routes(subnet, options.Routes);
        foreach (DhcpExtraOption extra in options.ExtraOptions)
        {
            _values[extra.Code] = extra.Value;
        }

        Always = [.. options.ExtraOptions.Where(e => e.Always).Select(e => e.Code)];
    }

    /// <summary>What a client without option 55 gets, in this order.</summary>
    public static ReadOnlySpan<byte> Usual =>
    [
        DhcpOption.Router, DhcpOption.DomainNameServer, DhcpOption.HostName, DhcpOption.DomainName,
        DhcpOption.BroadcastAddress, DhcpOption.NtpServers, DhcpOption.ClasslessStaticRoute,
    ];

    /// <summary>Codes that go to every client.</summary>
    public byte[] Always { get; }

    /// <summary>The value of an option, or null if there is none.</summary>
    public byte[]? this[byte code] => _values[code];

    private static byte[]? Addresses(ReadOnlySpan<Ipv4Address> addresses)
    {
        // More than 16 servers of one kind help nobody and would push other options out.
        addresses = addresses[..Math.Min(addresses.Length, 16)];
        byte[] octets = new byte[4 * addresses.Length];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i].CopyTo(octets.AsSpan(4 * i));
        }

        return octets.Length == 0 ? null : octets;
    }

    // RFC 3442: prefix length, the octets of the network that it covers, router. A client that takes these ignores option 3,
    // so the default route is among them.
    private static byte[]? Routes(ServedSubnet subnet, IReadOnlyList<DhcpRoute> routes)
    {
        List<DhcpRoute> here = [.. routes.Where(r => subnet.Subnet.Contains(r.Router))];
        if (here.Count == 0)
        {
            return null;
        }

        if (subnet.Gateway is { } gateway && !here.Exists(r => r.Destination.PrefixLength == 0))
        {
            here.Add(new DhcpRoute(default, gateway));
        }

        var value = new List<byte>();
        byte[] octets = new byte[4];
        foreach (DhcpRoute route in here)
        {
            value.Add((byte)route.Destination.PrefixLength);
            route.Destination.Network.CopyTo(octets);
            value.AddRange(octets.AsSpan(0, (route.Destination.PrefixLength + 7) / 8));
            route.Router.CopyTo(octets);
            value.AddRange(octets);
        }

        return [.. value];
    }
}
