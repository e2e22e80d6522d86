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

            chosen.Add(Serve(config, name, address, subnet, GatewayOf(config, subnet)));
        }

        return Check(file, config, chosen) is { } error ? (null, error) : (chosen, null);
    }

    /// <summary>The subnets behind relay agents.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="address">Our address as clients there reach it.</param>
    public static IReadOnlyList<DhcpInterfaceOptions> Relayed(BrambleConfig config, Ipv4Address address) =>
        [.. config.Relayed.Select(r => Serve(config, $"relayed {r.Destination}", address, r.Destination, r.Router))];

    private static DhcpInterfaceOptions Serve(BrambleConfig config, string name, Ipv4Address address, Ipv4Subnet subnet, Ipv4Address? gateway)
    {
        (Ipv4Address First, Ipv4Address Last) pool = config.Pools.Where(p => subnet.Contains(p.First)).DefaultIfEmpty(DefaultPool(subnet)).First();
        return new DhcpInterfaceOptions
        {
            Name = name,
            Address = address,
            Subnet = subnet,
            PoolFirst = pool.First,
            PoolLast = pool.Last,
            Gateway = gateway,
            DnsServers = config.DnsServers,
        };
    }

    private static Ipv4Address? GatewayOf(BrambleConfig config, Ipv4Subnet subnet) =>
        config.Gateways.Where(subnet.Contains).Select(g => (Ipv4Address?)g).FirstOrDefault();

    // Whatever names an address must lie in exactly one subnet: a pool in none would give out nothing, and nobody would know why.
    private static ConfigError? Check(string file, BrambleConfig config, List<DhcpInterfaceOptions> chosen)
    {
        List<(string Name, Ipv4Subnet Subnet)> subnets =
        [
            .. chosen.Select(c => ($"'{c.Name}'", c.Subnet)),
            .. config.Relayed.Select(r => ("a relayed subnet", r.Destination)),
        ];
        string served = string.Join(", ", subnets.Select(s => $"{s.Subnet} ({s.Name})"));
        foreach ((string name, Ipv4Subnet subnet) in subnets)
        {
            if (subnets.Count(s => s.Subnet.Contains(subnet.Network) || subnet.Contains(s.Subnet.Network)) > 1)
            {
                return new ConfigError(file, config.RelayedLine > 0 ? config.RelayedLine : config.InterfacesLine, $"The subnet {subnet} of {name} overlaps another one.", $"serve each subnet once; there are {served}.");
            }
        }

        if (config.Relayed.Find(r => !r.Destination.Contains(r.Router)) is { Router.IsAny: false } relayed)
        {
            return new ConfigError(file, config.RelayedLine, $"The router {relayed.Router} is not inside {relayed.Destination}.", "name the router's address in that subnet.");
        }

        var pooled = new HashSet<Ipv4Subnet>();
        foreach ((Ipv4Address first, Ipv4Address last) in config.Pools)
        {
            if (subnets.Find(s => s.Subnet.Contains(first) && s.Subnet.Contains(last)) is not ({ } _, { PrefixLength: > 0 } subnet))
            {
                string where = subnets.Count == 1 ? $"{subnets[0].Subnet}, the subnet of {subnets[0].Name}" : $"any of {served}";
                return new ConfigError(file, config.PoolLine, $"The pool {first}-{last} is not inside {where}.", "choose addresses of that subnet, or remove the line.");
            }

            if (!pooled.Add(subnet))
            {
                return new ConfigError(file, config.PoolLine, $"There are two pools in {subnet}.", "give each subnet one pool.");
            }
        }

        foreach (Ipv4Address gateway in config.Gateways)
        {
            if (!chosen.Exists(c => c.Subnet.Contains(gateway)))
            {
                return new ConfigError(file, config.GatewaysLine, $"The gateway {gateway} is not inside {string.Join(", ", chosen.Select(c => c.Subnet))}.", "name the router's address in the subnet of the clients.");
            }
        }

        return config.Routes.Find(r => !subnets.Exists(s => s.Subnet.Contains(r.Router))) is { Router.IsAny: false } route
            ? new ConfigError(file, config.RoutesLine, $"The router {route.Router} is not inside {served}.", "name a router that the clients reach directly.")
            : null;
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
