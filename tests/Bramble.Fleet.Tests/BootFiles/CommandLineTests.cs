using Bramble.Fleet.BootFiles;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.BootFiles;

public class CommandLineTests
{
    private const string NfsWords = "root=/dev/nfs nfsroot=10.77.0.2:/srv/clients/pi/root,vers=3,tcp rw ip=dhcp rootwait";

    private static readonly ClientRoot s_nfs = new()
    {
        Client = "pi",
        Image = "trixie",
        Kind = RootKind.Nfs,
        BootFolder = "/srv/clients/pi/boot",
        RootFolder = "/srv/clients/pi/root",
    };

    private static readonly ClientRoot s_iscsi = new()
    {
        Client = "pi",
        Image = "trixie",
        Kind = RootKind.Iscsi,
        BootFolder = "/srv/clients/pi/boot",
        TargetName = "iqn.2026-01.bramble:pi",
        InitiatorName = "iqn.2026-01.bramble.client:pi",
        ChapUser = "pi",
        ChapSecret = "secret012345",
        FilesystemUuid = "0b1c2d3e-0000-4000-8000-000000000001",
    };

    private static readonly Ipv4Address s_server = Ipv4Address.Parse("10.77.0.2");

    [Fact]
    public void What_stands_behind_a_NUL_is_not_there_for_the_kernel_and_hides_nothing_of_ours() =>
        Assert.Equal($"quiet {NfsWords}\n", CommandLine.Make("quiet\0 \"splash", s_nfs, s_server, []));

    [Theory]
    [InlineData( // Raspberry Pi OS bookworm, after its first boot
        "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait quiet splash plymouth.ignore-serial-consoles cfg80211.ieee80211_regdom=GB\n",
        "console=serial0,115200 console=tty1 quiet splash plymouth.ignore-serial-consoles cfg80211.ieee80211_regdom=GB")]
    [InlineData( // Raspberry Pi OS bookworm, as downloaded
        "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot splash",
        "console=serial0,115200 console=tty1 quiet splash")]
    [InlineData( // Raspberry Pi OS trixie, as downloaded
        "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait resize ds=nocloud;i=rpi-imager-1",
        "console=serial0,115200 console=tty1 ds=nocloud;i=rpi-imager-1")]
    [InlineData( // Raspberry Pi OS bullseye, as downloaded
        "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspi-config/init_resize.sh",
        "console=serial0,115200 console=tty1 quiet")]
    [InlineData( // Debian's raspi-firmware
        "console=tty0 console=ttyS1,115200 root=LABEL=rootfs rw fsck.repair=yes net.ifnames=0 rootwait\n",
        "console=tty0 console=ttyS1,115200 net.ifnames=0")]
    [InlineData( // an older network boot
        "dwc_otg.lpm_enable=0 console=tty1 root=/dev/nfs nfsroot=1.2.3.4:/old,vers=3 ro ip=dhcp rootwait elevator=deadline",
        "dwc_otg.lpm_enable=0 console=tty1 elevator=deadline")]
    [InlineData("init=/bin/bash boot=overlay quiet", "init=/bin/bash boot=overlay quiet")]
    [InlineData("\n\n  console=tty1\t quiet \r\nsecond=line\n", "console=tty1 quiet")]
    [InlineData("dyndbg=\"file drivers/usb/* +p\" quiet", "dyndbg=\"file drivers/usb/* +p\" quiet")]
    public void The_words_of_the_image_are_kept_but_those_of_its_card(string original, string kept) =>
        Assert.Equal($"{kept} {NfsWords}\n", CommandLine.Make(original, s_nfs, s_server, []));

    [Fact]
    public void An_iscsi_root_has_the_words_that_open_iscsi_reads()
    {
        string line = CommandLine.Make("console=tty1 root=LABEL=x ISCSI_INITIATOR=old", s_iscsi, s_server, []);
        Assert.Equal(
            "console=tty1 root=UUID=0b1c2d3e-0000-4000-8000-000000000001 rw ip=dhcp rootwait ISCSI_INITIATOR=iqn.2026-01.bramble.client:pi "
            + "ISCSI_TARGET_NAME=iqn.2026-01.bramble:pi ISCSI_TARGET_IP=10.77.0.2 ISCSI_TARGET_PORT=3260 ISCSI_USERNAME=pi ISCSI_PASSWORD=secret012345\n",
            line);
    }

    [Fact]
    public void An_overlay_is_made_over_the_image_which_is_read_only() =>
        Assert.Equal(
            "quiet root=/dev/nfs nfsroot=10.77.0.2:/srv/images/trixie/root,vers=3,tcp ro ip=dhcp rootwait boot=bramble-overlay\n",
            CommandLine.Make("quiet boot=overlay rw", s_nfs with { Kind = RootKind.Overlay, RootFolder = "/srv/images/trixie/root" }, s_server, []));

    [Theory]
    [InlineData("nfs://192.168.1.2/srv/pi", "root=/dev/nfs nfsroot=192.168.1.2:/srv/pi,vers=3,tcp rw ip=dhcp rootwait")]
    [InlineData(
        "iscsi://u%secret@192.168.1.2:3261/iqn.2001-01.org.example:pi?root=LABEL=rootfs",
        "root=LABEL=rootfs rw ip=dhcp rootwait ISCSI_INITIATOR=iqn.2026-01.bramble.client:pi ISCSI_TARGET_NAME=iqn.2001-01.org.example:pi ISCSI_TARGET_IP=192.168.1.2 ISCSI_TARGET_PORT=3261 ISCSI_USERNAME=u ISCSI_PASSWORD=secret")]
    public void A_root_on_another_server_is_named(string external, string words) =>
        Assert.Equal($"quiet {words}\n", CommandLine.Make("quiet", s_iscsi with { Kind = RootKind.External, External = external }, s_server, []));

    [Theory]
    [InlineData("3", "vers=3,tcp,rsize=131072,wsize=131072", "vers=3,tcp,rsize=131072,wsize=131072 rw ip=dhcp rootwait")]
    [InlineData("4.1", "vers=4.1,proto=tcp", "vers=4.1,proto=tcp rw ip=dhcp rootwait nfs.nfs4_unique_id=pi")]
    public void An_nfs_root_is_mounted_as_storage_says(string version, string options, string words) =>
        Assert.Equal(
            $"quiet root=/dev/nfs nfsroot=10.77.0.2:/srv/clients/pi/root,{words}\n",
            CommandLine.Make("quiet", s_nfs with { NfsVersion = version, NfsOptions = options }, s_server, []));

    [Fact]
    public void A_script_of_our_own_mounts_the_root_of_another_server() =>
        Assert.Equal(
            "quiet root=/dev/nfs nfsroot=192.168.1.2:/srv/pi,vers=3,tcp rw ip=dhcp rootwait boot=bramble-external\n",
            CommandLine.Make("quiet boot=overlay", s_iscsi with { Kind = RootKind.External, External = "nfs://192.168.1.2/srv/pi", BootScript = "bramble-external" }, s_server, []));

    [Fact]
    public void A_script_of_our_own_mounts_NFS_v4_1_where_the_image_cannot() =>
        Assert.Equal(
            "quiet root=/dev/nfs nfsroot=10.77.0.2:/srv/clients/pi/root,vers=4.1,proto=tcp rw ip=dhcp rootwait nfs.nfs4_unique_id=pi boot=bramble-nfs\n",
            CommandLine.Make("quiet boot=overlay", s_nfs with { NfsVersion = "4.1", NfsOptions = "vers=4.1,proto=tcp", BootScript = "bramble-nfs" }, s_server, []));

    [Fact]
    public void Words_of_the_client_come_last() =>
        Assert.EndsWith(" rootwait loglevel=7 panic=10\n", CommandLine.Make("quiet", s_nfs, s_server, ["loglevel=7", "panic=10"]), StringComparison.Ordinal);

    [Fact]
    public void Any_text_makes_one_line_with_one_root() => Check.QuickThrowOnFailure(
        Prop.ForAll<string>(text =>
        {
            string line = CommandLine.Make(text ?? "", s_nfs, s_server, []);
            return line.IndexOf('\n', StringComparison.Ordinal) == line.Length - 1
                && CommandLine.Split(line).Count(static w => w.StartsWith("root=", StringComparison.Ordinal)) <= 1
                && line.EndsWith(NfsWords + "\n", StringComparison.Ordinal);
        }));
}
