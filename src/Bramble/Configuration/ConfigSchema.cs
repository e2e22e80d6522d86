using System.Text;
using Bramble.Fleet.Enrolment;
using Bramble.Storage.Contract;
using static Bramble.Configuration.ConfigValues;

namespace Bramble.Configuration;

/// <summary>Every key there is. The commented default file and the reference page are printed from this table, so they cannot differ from it.</summary>
internal static class ConfigSchema
{
    /// <summary>The sections in the order of the default file, with their one-line description.</summary>
    public static IReadOnlyList<(string Name, string Help)> Sections { get; } =
    [
        ("server", "The box itself."),
        ("dhcp", "Addresses, and telling boards where to boot from."),
        ("tftp", "The files that the boards' firmware loads."),
        ("clients", "What happens when a Raspberry Pi shows up."),
        ("storage", "Where images and roots live, and how they are shared."),
        ("state", "What the box remembers: leases, clients, boot history."),
        ("beacon", "Clients say here that they are up."),
        ("web", "The page to look at the fleet with (bramble-web.service)."),
        ("panel", "Display, LEDs and button on the box. What is there is found by looking; none of it is needed."),
        ("log", "The journal."),
    ];

    /// <summary>All keys.</summary>
    public static IReadOnlyList<ConfigKey> Keys { get; } =
    [
        new("server", "name", "", "Name of this box as shown to people. Default: the host name.",
            (c, e) => Text(e, v => c.ServerName = v)),
        new("server", "interface", "", "Network interface that the Raspberry Pis are on (several: eth0, eth1).\nDefault: the only wired one.",
            (c, e) => Interfaces(c, e)),

        new("dhcp", "mode", "auto", "server: this box gives out the addresses. proxy: your router does, Bramble adds what a boot\nneeds. auto: looks which of the two is right. off: no DHCP at all.",
            (c, e) => OneOf<DhcpServiceMode>(e, v => c.DhcpMode = v)),
        new("dhcp", "pool", "", "Addresses to give out, such as 192.168.1.100-192.168.1.199. With several subnets one of each,\nin any order: 192.168.1.100-192.168.1.199, 10.0.8.50-10.0.8.90.\nDefault: the upper half of the subnet.",
            (c, e) => AddressRanges(e, v => (c.Pools, c.PoolLine) = (v, e.Line))),
        new("dhcp", "lease-time", "12h", "How long an address is lent: 30m, 12h, 7d. At least 2m.",
            (c, e) => Duration(e, TimeSpan.FromMinutes(2), TimeSpan.FromDays(365), v => c.LeaseTime = v)),
        new("dhcp", "gateway", "", "Router that clients are told (mode server). With several subnets one of each. Default: none.",
            (c, e) => Addresses(e, v => (c.Gateways, c.GatewaysLine) = (v, e.Line))),
        new("dhcp", "dns", "", "DNS servers that clients are told (mode server). Default: none.",
            (c, e) => Addresses(e, v => c.DnsServers = v)),
        new("dhcp", "ntp", "", "Time servers that clients are told (mode server). Default: this server, if it runs one (chrony, ntpsec); else none.",
            (c, e) => Addresses(e, v => c.NtpServers = v)),
        new("dhcp", "domain", "", "Domain name that clients are told (mode server). Default: none.",
            (c, e) => Text(e, v => c.DomainName = v)),
        new("dhcp", "routes", "", "Further routes that clients are told (mode server), such as\n10.0.0.0/8 via 192.168.1.1, 172.16.0.0/12 via 192.168.1.2. Default: none.",
            (c, e) => Routes(e, v => (c.Routes, c.RoutesLine) = (v, e.Line))),
        new("dhcp", "relayed", "", "Subnets behind DHCP relay agents, each with the router that clients there are told, such as\n10.0.8.0/24 via 10.0.8.1. Default: none.",
            (c, e) => Routes(e, v => (c.Relayed, c.RelayedLine) = (v, e.Line))),
        new("dhcp", "option.NUMBER", "", "Any further option by its number (mode server): a kind and a value, such as\noption.150 = ip 192.168.1.5. Kinds: ip (one or more), text, u8, u16, u32, hex. Clients get what\nthey ask for; 'always' before the kind sends it to all.",
            ExtraOption),
        new("dhcp", "others", "yes", "In mode server: do machines that are no Raspberry Pi get an address too?",
            (c, e) => YesNo(e, v => c.OthersGetAddresses = v)),
        new("dhcp", "look-again", "5m", "How often this box looks whether another DHCP server is there. At least 10s.",
            (c, e) => Duration(e, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1), v => c.LookAgain = v)),
        new("dhcp", "port", "67", "UDP port to listen on. Only tests change it: boards always ask port 67.",
            (c, e) => Port(e, v => c.DhcpPort = v)),
        new("dhcp", "client-port", "68", "UDP port to answer to. Only tests change it.",
            (c, e) => Port(e, v => c.DhcpClientPort = v)),

        new("tftp", "port", "69", "UDP port to listen on. Only tests change it: boards always ask port 69.",
            (c, e) => Port(e, v => c.TftpPort = v)),
        new("tftp", "transfer-port", "0", "UDP port that the files are sent from, to open it in a firewall; further workers use the next\nports. 0 takes any free one.",
            (c, e) => Number(e, 0, 65535, v => c.TftpTransferPort = v)),
        new("tftp", "workers", "1", "Threads that send files. One fills a gigabit; more need as many cores.",
            (c, e) => Number(e, 1, 64, v => c.TftpWorkers = v)),
        new("tftp", "check-address", "yes", "A board reads only its own files, and only from the address that it was given.\nno: any address on the served subnet may ask for any board's files, which holds for none but\na network that you alone are on.",
            (c, e) => YesNo(e, v => c.CheckAddress = v)),
        new("tftp", "fit-mtu", "yes", "Cut the block size that a client asks for so that a block fits one packet of the interface.\nno: give it what it asks for, in fragments. Boot firmware cannot put fragments together.",
            (c, e) => YesNo(e, v => c.TftpFitMtu = v)),
        new("tftp", "max-block-size", "65464", "Largest block size that a client is given, in bytes, 512 to 65464.",
            (c, e) => Number(e, 512, 65464, v => c.TftpMaxBlockSize = v)),
        new("tftp", "max-window", "64", "Most blocks that a client is sent before it must acknowledge, 1 to 32767. Raspberry Pis never ask\nfor more than one; a window that does not fit a client's memory is lost and sent again.",
            (c, e) => Number(e, 1, 32767, v => c.TftpMaxWindow = v)),
        new("tftp", "wrap-to", "0", "Number of the block after 65535, 0 or 1. No Raspberry Pi and nearly no other client wants 1.",
            (c, e) => Number(e, 0, 1, v => c.TftpWrapTo = v)),

        new("clients", "enrol", "open", "open: every Raspberry Pi that asks becomes a client. button: only while pairing is open.\nlist: only those that were added by hand.",
            (c, e) => OneOf<EnrolmentPolicy>(e, v => c.Enrolment = v)),
        new("clients", "image", "", "Image that new clients boot. Default: the newest.",
            (c, e) => Text(e, v => c.DefaultImage = v)),
        new("clients", "root", "nfs", "Root that new clients get: nfs (a folder of its own), iscsi (a disk of its own) or overlay (the image\nitself, read-only; what is written is kept in the client's memory).",
            (c, e) => OneOf(e, v => c.DefaultRoot = v, RootKind.External)),
        new("clients", "nfs", "auto", "Version of NFS that roots are mounted with: 3, 4.1, or auto for 4.1 where the image can by\nitself and 3 elsewhere. 'bramble client add --nfs' sets it for one client.",
            NfsVersion),
        new("clients", "netconsole", "no", "yes: keep what bootloaders log over the network (UDP 6666), with the boot that it belongs to: 'bramble\nwhy', 'bramble client show --log'. Boards send it if NETCONSOLE is in their EEPROM: 'bramble eeprom\nmake --netconsole'. The served interfaces are then in promiscuous mode.",
            (c, e) => YesNo(e, v => c.Netconsole = v)),

        new("storage", "data", "/srv/bramble", "Folder of images and roots. On btrfs clones take no time and no space.",
            (c, e) => Folder(e, v => c.DataFolder = v)),
        new("storage", "exports-file", "/etc/exports.d/bramble.exports", "The drop-in of nfs-kernel-server that Bramble owns.",
            (c, e) => Folder(e, v => c.ExportsFile = v)),
        new("storage", "targets-file", "/etc/tgt/conf.d/bramble.conf", "The drop-in of tgt that Bramble owns.",
            (c, e) => Folder(e, v => c.TargetsFile = v)),
        new("storage", "keep-free", "auto", "Space that is kept free for the roots that are in use: with less, no new root, image or snapshot is\nmade, and a fault is shown. 500M, 2G, or auto: a twentieth of the disk, at most 2G.",
            (c, e) => Size(e, "auto", v => c.KeptFreeBytes = v)),
        new("storage", "root-quota", "none", "Space that each NFS root may take at most, such as 20G; holds for roots that are made from then on.\nNeeds btrfs, and makes it slower with many snapshots. none: no limit. A disk (iSCSI) has a size of its\nown: twice what its image takes, and 2 GB more than it at least.",
            (c, e) => Size(e, "none", v => c.RootQuotaBytes = v ?? 0)),
        new("storage", "skip-edits", "", "Changes to operating systems that are not made, by name: swap, resolver. 'bramble image edits'\nlists them all, and switches them for one image. Default: all are made.",
            (c, e) => Edits(e, v => c.SkippedEdits = v)),

        new("state", "folder", "/var/lib/bramble", "Folder of leases, clients and boot history.",
            (c, e) => Folder(e, v => c.StateFolder = v)),

        new("beacon", "port", "6767", "UDP port on which clients say that they are up.",
            (c, e) => Port(e, v => c.BeaconPort = v)),

        new("web", "port", "80", "TCP port of the page and of the metrics.",
            (c, e) => Port(e, v => c.WebPort = v)),

        new("panel", "display", "auto", "auto: an OLED on any I2C bus at 0x3c or 0x3d, its kind by what it answers. Or its kind:\nssd1306-128x64, ssd1306-128x32 or sh1106. off: none.",
            (c, e) => PanelDisplay(e, v => c.Panel.Display = v)),
        new("panel", "display-bus", "", "Look for the display only there: the number of an I2C bus, such as 1 for /dev/i2c-1.\nDefault: all buses but those of monitors and memory modules.",
            (c, e) => Number(e, 0, 255, v => c.Panel.DisplayBus = v)),
        new("panel", "upside-down", "no", "The display is built in upside down.",
            (c, e) => YesNo(e, v => c.Panel.UpsideDown = v)),
        new("panel", "brightness", "207", "Brightness of the display, 1 to 255.",
            (c, e) => Number(e, 1, 255, v => c.Panel.Brightness = (byte)v)),
        new("panel", "sleep", "1m", "The display goes dark after so long without a press or a new fault. It dims after half of it.",
            (c, e) => Duration(e, TimeSpan.FromSeconds(10), TimeSpan.FromDays(365), v => c.Panel.Sleep = v)),
        new("panel", "status-led", "auto", "auto: the LED bramble:status of the overlay, else the ACT LED of a Raspberry Pi. led:NAME: one of\n/sys/class/leds. gpio:17: that line of the header. gpio:gpiochip1/4: a line of another chip.\nAdd ', active-low' if a low level lights it. off: none.",
            (c, e) => PanelPartValue(e, "led", v => c.Panel.StatusLed = v)),
        new("panel", "activity-led", "auto", "Flickers while files are sent. auto: the LED bramble:activity of the overlay. Else as status-led.",
            (c, e) => PanelPartValue(e, "led", v => c.Panel.ActivityLed = v)),
        new("panel", "button", "auto", "auto: the button of the overlay (gpio-keys, key PROG1). input:NAME: any key of that input device.\ngpio:27: that line of the header, connected to ground when pressed; add ', active-high' if to\n3.3 V. off: none.",
            (c, e) => PanelPartValue(e, "input", v => c.Panel.Button = v)),

        new("log", "level", "info", "debug, info, warning or error.",
            (c, e) => Level(e, v => c.LogLevel = v)),
    ];

    /// <summary>The commented default file.</summary>
    public static string DefaultFile()
    {
        var text = new StringBuilder();
        text.Append("# Bramble, the boot server in a box for Raspberry Pis.\n");
        text.Append("# Every key is here with its default; take away the # to change it. No key needs to be set.\n");
        text.Append("# Changes take effect when the file is saved. 'bramble config check' looks for mistakes.\n");
        foreach ((string section, string help) in Sections)
        {
            text.Append('\n').Append("# ").Append(help).Append('\n').Append('[').Append(section).Append("]\n");
            foreach (ConfigKey key in Keys.Where(k => k.Section == section))
            {
                text.Append('\n');
                foreach (string line in key.Help.Split('\n'))
                {
                    text.Append("# ").Append(line).Append('\n');
                }

                text.Append('#').Append(key.Name).Append(" =");
                text.Append(key.Default.Length > 0 ? " " : "").Append(key.Default).Append('\n');
            }
        }

        return text.ToString();
    }
}
