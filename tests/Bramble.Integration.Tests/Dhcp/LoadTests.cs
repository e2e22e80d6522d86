using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>perfdhcp, the load generator of Kea.</summary>
[Trait("kind", "integration")]
public sealed class LoadTests
{
    [Fact]
    public void Five_hundred_clients_get_their_leases_without_a_drop()
    {
        using var lab = new DhcpLab("[dhcp]\nmode = server\n", address: "10.77.0.1/16");
        Station load = lab.Switch.Plug("load", "02:00:00:00:00:10", "10.77.0.10/16");
        lab.Box.Start();

        ShellResult perfdhcp = load.TryRun("perfdhcp", "-4", "-l", Station.Interface, "-r", "100", "-n", "500", "-R", "500", "-W", "1000000", "-b", "mac=52:54:00:10:00:00");

        Assert.True(perfdhcp.ExitCode == 0, perfdhcp.Output + perfdhcp.Error);
        Assert.Equal(["500", "500"], Numbers(perfdhcp.Output, "received packets: "));
        Assert.Equal(["0", "0"], Numbers(perfdhcp.Output, "drops: "));
        Assert.DoesNotContain("non unique", perfdhcp.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("list", "52:54:00:10:00:00")]
    [InlineData("button", "dc:a6:32:10:00:00")]
    public void A_client_that_invents_MACs_takes_no_address_from_approved_boards(string enrol, string firstMac)
    {
        using var lab = new DhcpLab($"[dhcp]\nmode = server\npool = 10.77.0.128-10.77.0.159\n[clients]\nenrol = {enrol}\n", image: true);
        Station attacker = lab.Switch.Plug("attacker", "02:00:00:00:00:10", "10.77.0.10/24");
        lab.Box.Start();
        lab.Box.Bramble("client", "add", "three", "--board", "40000001");
        lab.Box.Bramble("client", "add", "four", "--board", "40000002");

        ShellResult perfdhcp = attacker.TryRun("perfdhcp", "-4", "-l", Station.Interface, "-r", "200", "-n", "400", "-R", "100000", "-b", "mac=" + firstMac)
            // 3: there are exchanges that were not completed, as it must be here.
            .Expect(0, 3);
        IReadOnlyList<VirtualBoard> boards = VirtualBoards.Storm(lab.Box, lab.Switch.BoardPort(), "1x3b,1x4b", "40000001");

        // The attack was one: far more asked than there are addresses.
        Assert.True(int.Parse(Numbers(perfdhcp.Output, "sent packets: ")[0]) >= 400, perfdhcp.Output);
        Assert.Equal(2, boards.Count);
    }

    private static List<string> Numbers(string text, string name) =>
        [.. text.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal)).Select(l => l[name.Length..].Trim())];
}
