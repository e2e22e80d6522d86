using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Clients behind a relay agent, ISC dhcrelay with option 82.</summary>
[Trait("kind", "integration")]
public sealed class RelayTests
{
    private const string ClientMac = "52:54:00:00:00:77";

    [Fact]
    public void A_client_behind_a_relay_agent_gets_an_address_of_its_own_subnet()
    {
        using var lab = new DhcpLab("""
            [dhcp]
            mode = server
            pool = 10.77.0.128-10.77.0.199, 10.78.0.100-10.78.0.109
            relayed = 10.78.0.0/24 via 10.78.0.1
            """);
        Station relay = lab.Switch.Plug("relay", "02:00:00:00:00:05", "10.77.0.5/24");
        Shell.Run("ip", "-n", lab.Box.Segment.ServerNamespace, "route", "add", "10.78.0.0/24", "via", "10.77.0.5");
        // The far side of the relay agent is a cable to one machine, which is on no switch.
        var far = new Station(relay.Namespace + "-far", ClientMac);
        Shell.Run("ip", "netns", "add", far.Namespace);
        try
        {
            Shell.Run("ip", "-n", relay.Namespace, "link", "add", "eth1", "type", "veth", "peer", "name", Station.Interface, "netns", far.Namespace);
            Shell.Run("ip", "-n", relay.Namespace, "addr", "add", "10.78.0.1/24", "dev", "eth1");
            Shell.Run("ip", "-n", relay.Namespace, "link", "set", "eth1", "up");
            Shell.Run("ip", "-n", far.Namespace, "link", "set", Station.Interface, "address", ClientMac, "up");
            lab.Box.Start();
            using RunningProgram agent = relay.Start(
                "dhcrelay", "-4", "-d", "--no-pid", "-a", "-id", "eth1", "-iu", Station.Interface, "10.77.0.1");
            agent.WaitForOutput("Sending on   Socket/fallback", Wait.Soon);

            string? address = DhcpLab.AskForAddress(far);

            Assert.True(address?.StartsWith("10.78.0.10", StringComparison.Ordinal) == true, $"{address}\n{agent.Output}\n{lab.Box.Server.Output}");
            IReadOnlyList<SeenMessage> seen = lab.Capture.Of(ClientMac);
            SeenMessage discover = seen.First(m => m.Type == DhcpMessageType.Discover);
            SeenMessage offer = seen.First(m => m.Type == DhcpMessageType.Offer);
            Assert.Equal("10.78.0.1", discover.Giaddr.ToString());
            Assert.Equal("10.78.0.1", offer.Destination.ToString());
            Assert.NotNull(discover.Option(DhcpOption.RelayAgentInformation));
            Assert.Equal(discover.Option(DhcpOption.RelayAgentInformation), offer.Option(DhcpOption.RelayAgentInformation));
            Assert.Equal("10.78.0.1", offer.Address(DhcpOption.Router).ToString());
            Assert.Equal("255.255.255.0", offer.Address(DhcpOption.SubnetMask).ToString());
        }
        finally
        {
            Shell.CleanUp("ip", "netns", "del", far.Namespace);
        }
    }
}
