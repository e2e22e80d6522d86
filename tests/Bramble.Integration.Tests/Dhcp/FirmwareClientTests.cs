using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Firmware that is no Raspberry Pi's, in emulated machines.</summary>
[Trait("kind", "integration")]
public sealed class FirmwareClientTests
{
    private const string Config = "[dhcp]\nmode = server\ngateway = 10.77.0.254\ndns = 10.77.0.1\n";

    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(100);

    [Fact]
    public void IPXE_of_a_PC_gets_an_address_and_not_the_menu_of_the_Pis()
    {
        using var lab = new DhcpLab(Config, image: true);
        string tap = lab.Switch.Tap();
        lab.Box.Start();

        using var qemu = new RunningProgram("timeout", ["150", "ip", .. Segment.In(
            lab.Switch.Namespace, "qemu-system-x86_64", "-machine", "pc,graphics=off", "-accel", "tcg", "-m", "64", "-display", "none", "-monitor", "none",
            "-serial", "stdio", "-no-reboot", "-boot", "n", "-netdev", $"tap,id=n0,ifname={tap},script=no,downscript=no", "-device", $"virtio-net-pci,netdev=n0,mac=52:54:00:00:00:42")]);
        qemu.WaitForOutput("net0: 10.77.0.", s_boot);
        qemu.WaitForOutput("gw 10.77.0.254", s_boot);
        // It has nothing to boot from.
        qemu.WaitForOutput("Nothing to boot", s_boot);

        AssertNoMenu(lab);
    }

    private static void AssertNoMenu(DhcpLab lab)
    {
        List<SeenMessage> replies = [.. lab.Capture.All().Where(m => m.Type is DhcpMessageType.Offer or DhcpMessageType.Ack)];
        Assert.NotEmpty(replies);
        Assert.All(replies, m => Assert.True(
            m.Option(DhcpOption.VendorSpecific) is null && m.Option(DhcpOption.TftpServerName) is null && m.Siaddr.IsAny, m.ToString()));
    }
}
