using Bramble.Storage.Editing;
using Xunit;

namespace Bramble.Storage.Tests.Editing;

public sealed class SmallTextTests
{
    [Theory]
    [InlineData("console=serial0,115200 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspi-config/init_resize.sh\n", "console=serial0,115200 root=PARTUUID=1-02 rootwait quiet\n")]
    [InlineData("root=/dev/mmcblk0p2 resize cfg80211.ieee80211_regdom=DE", "root=/dev/mmcblk0p2 cfg80211.ieee80211_regdom=DE\n")]
    [InlineData("init=/bin/bash resizer=1", "init=/bin/bash resizer=1\n")]
    [InlineData("a  b\tc\nsecond line is not read", "a b c\n")]
    [InlineData("", "\n")]
    [InlineData("\0\u00ff", "\0\u00ff\n")]
    public void The_command_line_loses_what_is_meant_for_the_card(string before, string after) => Assert.Equal(after, CmdlineText.ForNetworkBoot(before));

    [Theory]
    [InlineData("127.0.0.1 localhost\n127.0.1.1 old old.lan\n", "127.0.0.1 localhost\n127.0.1.1\tnew\n")]
    [InlineData("127.0.0.1 localhost", "127.0.0.1 localhost\n127.0.1.1\tnew\n")]
    [InlineData("127.0.1.1 a\n127.0.1.1 b\n10.0.0.1 c\n", "127.0.1.1\tnew\n10.0.0.1 c\n")]
    [InlineData("", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tnew\n")]
    public void Hosts_gets_the_name(string before, string after)
    {
        Assert.Equal(after, HostsText.WithHostName(before, "new"));
        Assert.Equal(after, HostsText.WithHostName(after, "new"));
    }

    [Theory]
    [InlineData("auto eth0\niface eth0 inet dhcp\n", "auto eth0\niface eth0 inet manual\n")]
    [InlineData("iface end0 inet static\n  address 1.2.3.4\n", "iface end0 inet manual\n  address 1.2.3.4\n")]
    [InlineData("iface wlan0 inet dhcp\niface eth0 inet6 auto\niface lo inet loopback", "iface wlan0 inet dhcp\niface eth0 inet6 auto\niface lo inet loopback")]
    public void Ifupdown_leaves_the_boot_interface(string before, string after) => Assert.Equal(after, InterfacesText.WithManualBootInterface(before));

    [Theory]
    [InlineData("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n", "Debian GNU/Linux 13 (trixie)")]
    [InlineData("PRETTY_NAME=Alpine", "Alpine")]
    [InlineData("PRETTY_NAME=\"\u001b[31mred\"", "[31mred")]
    [InlineData("PRETTY_NAME=\"\"", "unknown")]
    [InlineData("", "unknown")]
    [InlineData(null, "unknown")]
    public void The_distribution_is_named(string? text, string expected) => Assert.Equal(expected, OsRelease.Parse(text ?? "").PrettyName);
}
