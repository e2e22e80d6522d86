using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Serving;
using Xunit;

namespace Bramble.Tests.Serving;

public sealed class InterfaceChoiceTests
{
    private static readonly InterfaceInfo s_lan = Make("eth0", InterfaceKind.Wired, "192.168.1.5/24");
    private static readonly InterfaceInfo s_vlan = Make("eth0.10", InterfaceKind.Virtual, "10.10.0.1/24");
    private static readonly InterfaceInfo s_wifi = Make("wlan0", InterfaceKind.Wireless, "192.168.7.5/24");

    [Fact]
    public void The_only_wired_interface_is_found_and_its_upper_half_is_the_pool()
    {
        DhcpInterfaceOptions chosen = Assert.Single(Good(""));
        Assert.Equal("eth0 192.168.1.5 192.168.1.0/24 192.168.1.128-192.168.1.254", Show(chosen));
    }

    [Fact]
    public void Each_interface_and_vlan_has_its_own_subnet_pool_and_gateway_in_any_order()
    {
        IReadOnlyList<DhcpInterfaceOptions> chosen = Good("""
            [server]
            interface = eth0, eth0.10
            [dhcp]
            pool = 10.10.0.50-10.10.0.60, 192.168.1.20-192.168.1.30
            gateway = 10.10.0.254, 192.168.1.1
            """);
        Assert.Equal("eth0 192.168.1.5 192.168.1.0/24 192.168.1.20-192.168.1.30", Show(chosen[0]));
        Assert.Equal("eth0.10 10.10.0.1 10.10.0.0/24 10.10.0.50-10.10.0.60", Show(chosen[1]));
        Assert.Equal(["192.168.1.1", "10.10.0.254"], chosen.Select(c => c.Gateway.ToString()));
    }

    [Fact]
    public void An_interface_without_a_pool_of_its_own_takes_the_upper_half()
    {
        IReadOnlyList<DhcpInterfaceOptions> chosen = Good("[server]\ninterface = eth0, eth0.10\n[dhcp]\npool = 10.10.0.50-10.10.0.60\n");
        Assert.Equal(["192.168.1.128", "10.10.0.50"], chosen.Select(c => c.PoolFirst.ToString()));
    }

    [Fact]
    public void Relayed_subnets_have_pools_and_routers_too()
    {
        BrambleConfig config = Parse("[dhcp]\nrelayed = 10.20.0.0/24 via 10.20.0.1\npool = 10.20.0.30-10.20.0.40\n");
        Assert.Null(InterfaceChoice.Choose("b.conf", config, [s_lan]).Error);
        DhcpInterfaceOptions relayed = Assert.Single(InterfaceChoice.Relayed(config, s_lan.FirstAddress!.Value.Address));
        Assert.Equal("relayed 10.20.0.0/24 192.168.1.5 10.20.0.0/24 10.20.0.30-10.20.0.40", Show(relayed));
        Assert.Equal("10.20.0.1", relayed.Gateway.ToString());
    }

    [Fact]
    public void The_firewall_is_told_which_subnets_are_served_on_which_interface()
    {
        BrambleConfig config = Parse("[server]\ninterface = eth0, eth0.10\n[dhcp]\nrelayed = 10.20.0.0/24 via 10.20.0.1\n");
        Assert.Equal(
            "eth0 192.168.1.0/24\neth0.10 10.10.0.0/24\n- 10.20.0.0/24\n",
            ServedNetworks.TextOf(config, InterfaceChoice.Choose("b.conf", config, [s_lan, s_vlan]).Chosen!));
    }

    [Theory]
    [InlineData("[server]\ninterface = eth9", 2, "use one of: eth0, eth0.10, wlan0.")]
    [InlineData("[dhcp]\npool = 10.9.0.1-10.9.0.9", 2, "choose addresses of that subnet")]
    [InlineData("[dhcp]\npool = 192.168.1.200-192.168.2.9", 2, "choose addresses of that subnet")]
    [InlineData("[dhcp]\npool = 192.168.1.10-192.168.1.19, 192.168.1.30-192.168.1.39", 2, "give each subnet one pool.")]
    [InlineData("[dhcp]\ngateway = 192.168.2.1", 2, "the router's address in the subnet of the clients")]
    [InlineData("[dhcp]\nroutes = 10.0.0.0/8 via 192.168.2.1", 2, "a router that the clients reach directly")]
    [InlineData("[dhcp]\nrelayed = 10.20.0.0/24 via 192.168.1.1", 2, "the router's address in that subnet")]
    [InlineData("[dhcp]\nrelayed = 192.168.1.128/25 via 192.168.1.129", 2, "serve each subnet once")]
    public void A_mistake_is_told_with_its_line_and_the_fix(string text, int line, string fix)
    {
        (IReadOnlyList<DhcpInterfaceOptions>? chosen, ConfigError? error) = InterfaceChoice.Choose("b.conf", Parse(text), [s_lan, s_vlan, s_wifi]);
        Assert.Null(chosen);
        Assert.Equal(line, error!.Line);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    private static IReadOnlyList<DhcpInterfaceOptions> Good(string text)
    {
        (IReadOnlyList<DhcpInterfaceOptions>? chosen, ConfigError? error) = InterfaceChoice.Choose("b.conf", Parse(text), [s_lan, s_vlan, s_wifi]);
        Assert.Null(error);
        return chosen!;
    }

    private static BrambleConfig Parse(string text)
    {
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("b.conf", text);
        Assert.Empty(errors);
        return config!;
    }

    private static string Show(DhcpInterfaceOptions o) => $"{o.Name} {o.Address} {o.Subnet} {o.PoolFirst}-{o.PoolLast}";

    private static InterfaceInfo Make(string name, InterfaceKind kind, string address)
    {
        string[] parts = address.Split('/');
        return new InterfaceInfo(name, 1, new MacAddress(1), kind, IsUp: true, HasCarrier: true,
            [(Ipv4Address.Parse(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))]);
    }
}
