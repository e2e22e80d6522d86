using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Serving;

/// <summary>Finds the interfaces to serve and what to serve on them, from the configuration and what the machine has. Pure.</summary>
internal static class InterfaceChoice
{
    /// <summary>Chooses; null and an error if it cannot.</summary>
    /// <param name="file">The configuration file, for the message.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="present">The machine's interfaces.</param>
    public static (IReadOnlyList<DhcpInterfaceOptions>? Chosen, ConfigError? Error) Choose(
        string file, BrambleConfig config, IReadOnlyList<InterfaceInfo> present)
    {
        IReadOnlyList<string> names = config.Interfaces;
        if (names.Count == 0)
        {
            List<InterfaceInfo> wired = [.. present.Where(i => i is { Kind: InterfaceKind.Wired, IsUp: true, FirstAddress: not null })];
            if (wired.Count != 1)
            {
                string found = wired.Count == 0 ? "no wired interface has an address" : $"there are several wired interfaces: {Join(wired)}";
                string fix = wired.Count == 0
                    ? $"plug in the cable and give the interface an address, or name one of {Join(present)}: [server] interface = NAME."
                    : $"name the one that the Raspberry Pis are on: [server] interface = {wired[0].Name}.";
                return (null, new ConfigError(file, 0, $"No interface is named, and {found}.", fix));
            }

            names = [wired[0].Name];
        }

        var chosen = new List<DhcpInterfaceOptions>();
        foreach (string name in names)
        {
            InterfaceInfo? info = present.FirstOrDefault(i => i.Name == name);
            if (info is null)
            {
                return (null, new ConfigError(file, config.InterfacesLine, $"There is no interface '{name}' on this machine.", $"use one of: {Join(present)}."));
            }

            if (info.FirstAddress is not ({ } address, { } subnet))
            {
                return (null, new ConfigError(file, config.InterfacesLine, $"Interface '{name}' has no IPv4 address.", $"give it one, such as 'ip address add 192.168.77.1/24 dev {name}', or set it up in your network configuration."));
            }

            (Ipv4Address First, Ipv4Address Last) pool = config.Pool ?? DefaultPool(subnet);
            bool poolHere = subnet.Contains(pool.First) && subnet.Contains(pool.Last);
            if (!poolHere && (names.Count == 1 || config.Pool is null))
            {
                return (null, new ConfigError(file, config.PoolLine, $"The pool {pool.First}-{pool.Last} is not inside {subnet}, the subnet of '{name}'.", "choose addresses of that subnet, or remove the line."));
            }

            // One pool can only lie on one of several interfaces; the others take theirs from their subnet.
            pool = poolHere ? pool : DefaultPool(subnet);
            chosen.Add(new DhcpInterfaceOptions
            {
                Name = name,
                Address = address,
                Subnet = subnet,
                PoolFirst = pool.First,
                PoolLast = pool.Last,
                Gateway = config.Gateway is { } gateway && subnet.Contains(gateway) ? gateway : null,
                DnsServers = config.DnsServers,
            });
        }

        return (chosen, null);
    }

    // The upper half of the subnet without its last address: small networks keep the low addresses for what people set by hand.
    private static (Ipv4Address First, Ipv4Address Last) DefaultPool(Ipv4Subnet subnet)
    {
        uint hosts = ~subnet.Mask.Value;
        uint first = subnet.Network.Value + Math.Max(1, (hosts + 1) / 2);
        uint last = Math.Max(first, subnet.BroadcastAddress.Value - 1);
        return (new Ipv4Address(first), new Ipv4Address(Math.Min(last, first + 0xFFFF)));
    }

    private static string Join(IEnumerable<InterfaceInfo> interfaces)
    {
        string names = string.Join(", ", interfaces.Where(i => i.Kind != InterfaceKind.Loopback).Select(i => i.Name));
        return names.Length > 0 ? names : "(none)";
    }
}
