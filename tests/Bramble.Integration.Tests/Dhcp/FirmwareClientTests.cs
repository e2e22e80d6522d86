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

    // U-Boot 2023.01 in QEMU 10 now and then reads the first octet of its card's address six times.
    private const string UBootMac = "52:52:52:52:52:52";

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

    [Fact]
    public void U_Boot_gets_an_address_and_not_the_menu_of_the_Pis_though_it_says_the_vendor_class_of_their_firmware()
    {
        using var lab = new DhcpLab(Config, image: true);
        string tap = lab.Switch.Tap();
        // U-Boot takes packets only while it asks for something. The server's first address probes would fill the few receive buffers of its card
        // before, and then nothing comes any more.
        lab.Switch.Unplug(tap);
        lab.Box.Start();

        using var qemu = new RunningProgram("timeout", ["150", "ip", .. Segment.In(
            lab.Switch.Namespace, "qemu-system-aarch64", "-M", "virt", "-accel", "tcg", "-cpu", "cortex-a72", "-m", "256", "-display", "none", "-monitor", "none",
            "-serial", "stdio", "-no-reboot", "-nodefaults", "-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin",
            "-netdev", $"tap,id=n0,ifname={tap},script=no,downscript=no", "-device", $"virtio-net-device,netdev=n0,mac={UBootMac}")], typed: true);
        // Any line stops its countdown; before, it is not heard.
        Wait.Until(
            () =>
            {
                qemu.Type("echo at the prompt");
                Thread.Sleep(500);
                return qemu.Output.Contains("\nat the prompt", StringComparison.Ordinal);
            },
            s_boot, () => qemu.Output);
        lab.Switch.PlugIn(tap);
        qemu.Type("setenv autoload no; setenv bootp_vci PXEClient:Arch:00000:UNDI:002001; dhcp; printenv ipaddr netmask gatewayip dnsip");
        qemu.WaitForOutput("dnsip=10.77.0.1", s_boot);

        string? address = lab.Capture.All().FirstOrDefault(m => m.Type == DhcpMessageType.Ack)?.Yiaddr.ToString();
        Assert.True(address is not null, $"{string.Join('\n', lab.Capture.All())}\n{qemu.Output}");
        Assert.Contains($"DHCP client bound to address {address}", qemu.Output, StringComparison.Ordinal);
        Assert.Contains($"ipaddr={address}\nnetmask=255.255.255.0\ngatewayip=10.77.0.254\n", qemu.Output.Replace("\n\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
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
