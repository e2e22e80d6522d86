using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Dhcp.Rivals;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Other DHCP servers come and go.</summary>
[Trait("kind", "integration")]
public sealed class OtherServerTests
{
    private const string RouterMac = "02:00:00:00:00:fe";

    [Fact]
    public void When_the_router_stops_giving_addresses_auto_does_it_and_when_it_begins_again_auto_leaves_it_to_the_router()
    {
        using var lab = new DhcpLab("[dhcp]\nmode = auto\nlook-again = 10s\n");
        Station router = lab.Switch.Plug("router", RouterMac, Rival.Address + "/24");
        Station pc = lab.Switch.Plug("pc", "52:54:00:12:34:56");
        using (new Rival("dnsmasq", router))
        {
            lab.Box.Start();
            Wait.Until(() => lab.Mode == "proxy", Wait.Soon, () => lab.Box.Server.Output);
            Assert.True(Rival.Gives(DhcpLab.AskForAddress(pc)));
        }

        Wait.Until(() => lab.Mode == "server", TimeSpan.FromSeconds(90), () => lab.Box.Server.Output);
        string? given = DhcpLab.AskForAddress(pc);
        Assert.True(given is not null && !Rival.Gives(given), $"{given}\n{lab.Box.Server.Output}");

        using (new Rival("dnsmasq", router))
        {
            Wait.Until(() => lab.Mode == "proxy", Wait.Soon, () => lab.Box.Server.Output);
            // The proxy leaves new clients to the router, but it does not take back what it gave.
            Assert.True(Rival.Gives(DhcpLab.AskForAddress(lab.Switch.Plug("new", "52:54:00:12:34:57"))));
        }
    }

    [Fact]
    public void A_router_that_appears_beside_a_server_is_named_with_address_and_MAC()
    {
        using var lab = new DhcpLab("[dhcp]\nmode = server\nlook-again = 10s\n");
        lab.Box.Start();
        Assert.DoesNotContain(Rival.Address, lab.StatusText, StringComparison.Ordinal);
        using var rival = new Rival("dnsmasq", lab.Switch.Plug("router", RouterMac, Rival.Address + "/24"));

        Wait.Until(
            () => lab.StatusText.Contains(Rival.Address, StringComparison.Ordinal) && lab.StatusText.Contains(RouterMac, StringComparison.Ordinal),
            Wait.Soon, () => lab.StatusText + lab.Box.Server.Output);
        Assert.Equal("server", lab.Mode);
        Assert.Contains(Rival.Address, lab.Box.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_servers_in_auto_on_one_segment_exactly_one_gives_addresses()
    {
        using var first = new DhcpLab("[dhcp]\nmode = auto\nlook-again = 10s\n");
        using var second = new DhcpLab("[dhcp]\nmode = auto\nlook-again = 10s\n", address: "10.77.0.2/24");
        first.Switch.Join(second.Switch);
        first.Box.Start();
        second.Box.Start();
        string both() => $"{first.Mode} {second.Mode}";
        string all() => $"{both()}\n{first.Box.Server.Output}\n{second.Box.Server.Output}";

        // Settled: one of each, and still so when both have looked around again, each with two probes.
        string settled = "";
        int since = 0;
        Wait.Until(
            () =>
            {
                string now = both();
                if (now != settled)
                {
                    settled = now;
                    since = Probes(first);
                }

                return settled is "server proxy" or "proxy server" && Probes(first) >= since + 4;
            },
            TimeSpan.FromSeconds(90), all);
        for (int i = 0; i < 3; i++)
        {
            string mac = $"52:54:00:00:01:0{i}";
            Assert.NotNull(DhcpLab.AskForAddress(first.Switch.Plug("pc" + i, mac)));
            Assert.Single(first.Capture.Of(mac), m => m.Type == DhcpMessageType.Offer);
            // The next one asks in another phase of a look around.
            int probes = Probes(first);
            Wait.Until(() => Probes(first) > probes, Wait.Soon, all);
        }

        Assert.True(settled == both(), $"{settled} was no end: {all()}");
    }

    /// <summary>How many DISCOVERs were seen with which a Bramble looks for other servers.</summary>
    private static int Probes(DhcpLab lab) => lab.Capture.All().Count(
        m => m.Type == DhcpMessageType.Discover && m.Option(DhcpOption.VendorClass) is { } vendor && vendor.AsSpan().SequenceEqual("Bramble"u8));
}
