using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Dhcp.Rivals;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Beside the DHCP server of a router.</summary>
[Trait("kind", "integration")]
public sealed class RivalTests
{
    private const string RouterMac = "02:00:00:00:00:fe";
    private const string PcMac = "52:54:00:12:34:56";

    [Theory]
    [InlineData("dnsmasq", "proxy")]
    [InlineData("dnsmasq", "auto")]
    [InlineData("kea", "proxy")]
    [InlineData("kea", "auto")]
    public void Every_model_boots_from_here_with_an_address_of_the_router_and_others_hear_nothing_from_here(string router, string mode)
    {
        using var lab = new DhcpLab($"[dhcp]\nmode = {mode}\n", image: true);
        using var rival = new Rival(router, lab.Switch.Plug("router", RouterMac, Rival.Address + "/24"));
        lab.Box.Start();
        Wait.Until(() => lab.Mode == "proxy", Wait.Soon, () => lab.Box.Server.Output);

        IReadOnlyList<VirtualBoard> boards = VirtualBoards.Storm(lab.Box, lab.Switch.BoardPort(), "1x3b,1x3b+,1x4b,1x5", "20000001");
        string? pc = DhcpLab.AskForAddress(lab.Switch.Plug("pc", PcMac));

        Assert.All(boards, b => Assert.True(Rival.Gives(b.Address), b.ToString()));
        Assert.True(Rival.Gives(pc), $"the PC got {pc}");
        SeenMessage offer = Assert.Single(lab.Capture.Of(PcMac), m => m.Type == DhcpMessageType.Offer);
        Assert.Equal(Rival.Address, offer.Source.ToString());
        List<SeenMessage> ours = [.. lab.Capture.All().Where(m => m.Source.ToString() == "10.77.0.1")];
        Assert.NotEmpty(ours);
        Assert.All(ours, m => Assert.True(m.Type == DhcpMessageType.Offer && m.Yiaddr.IsAny, m.ToString()));
        Assert.DoesNotContain(lab.Capture.All(), m => m.Type == DhcpMessageType.Nak);
    }
}
