using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Dhcp.Rivals;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Boards that are switched on together, the Pi 3s among them with every defect of their boot ROM.</summary>
[Trait("kind", "integration")]
public sealed class StormTests
{
    [Theory]
    [InlineData("server")]
    [InlineData("proxy")]
    public void Six_Pi_3_and_six_Pi_4_all_boot(string mode) => Boot(mode, 6);

    [Theory]
    [Trait("kind", "long")]
    [InlineData("server")]
    [InlineData("proxy")]
    public void Thirty_Pi_3_and_thirty_Pi_4_all_boot(string mode) => Boot(mode, 30);

    private static void Boot(string mode, int ofEach)
    {
        using var lab = new DhcpLab($"[dhcp]\nmode = {mode}\n", image: true);
        Station router = lab.Switch.Plug("router", "02:00:00:00:00:fe", Rival.Address + "/24");
        using Rival? rival = mode == "proxy" ? new Rival("dnsmasq", router) : null;
        lab.Box.Start();

        IReadOnlyList<VirtualBoard> boards = VirtualBoards.Storm(lab.Box, lab.Switch.BoardPort(), $"{ofEach}x3b,{ofEach}x4b", "10000001");

        Assert.Equal(2 * ofEach, boards.Select(b => b.Address).Distinct().Count());
        Assert.All(boards, b => Assert.Equal(mode == "proxy", Rival.Gives(b.Address)));
        // A boot ROM goes dark after its fifth DISCOVER.
        Assert.All(boards.Where(b => b.Model == "Pi3B"), b => Assert.True(b.Seconds < 60, b.ToString()));
        Assert.DoesNotContain(lab.Capture.All(), m => m.Type is DhcpMessageType.Nak or DhcpMessageType.Decline);
    }

    [Fact]
    public void A_Pi_3_that_answers_no_ARP_while_it_loads_is_not_lost_to_the_kernel()
    {
        using var lab = new DhcpLab("[dhcp]\nmode = server\n");
        Dictionary<string, byte[]> files = PiDisk.EveryModel();
        files["kernel8.img"] = new byte[8 << 20];
        new Random(8).NextBytes(files["kernel8.img"]);
        lab.Box.Bramble("image", "add", PiDisk.Make(lab.Box.Folder, "pi.img", files), "--name", "pi");
        // As after half a minute, but after a second: the kernel asks again whether a neighbour is there, and then gives it up.
        foreach (string setting in (string[])
            ["base_reachable_time_ms=500", "gc_stale_time=1", "delay_first_probe_time=1", "retrans_time_ms=100", "ucast_solicit=1", "mcast_solicit=1"])
        {
            Shell.Run("ip", "netns", "exec", lab.Box.Segment.ServerNamespace, "sysctl", "-q", "-w", "net.ipv4.neigh.srv0." + setting);
        }

        // Some six seconds for the kernel file.
        Shell.Run("tc", "-n", lab.Box.Segment.ServerNamespace, "qdisc", "add", "dev", "srv0", "root", "tbf", "rate", "12mbit", "burst", "32k", "latency", "100ms");
        lab.Box.Start();

        VirtualBoard board = Assert.Single(VirtualBoards.Storm(lab.Box, lab.Switch.BoardPort(), "1x3b", "30000001"));
        Assert.True(board.Seconds > 4, $"{board.Seconds} s are too short to prove anything");
    }
}
