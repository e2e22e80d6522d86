using System.Globalization;
using Bramble.Dhcp.Boards;
using Bramble.Fleet.Timeline;
using Bramble.Fleet.Watch;

namespace Bramble.Fleet.Faults;

/// <content>From the first request to the address, and the network around.</content>
internal static partial class FaultJudge
{
    /// <summary>An address asked for so often is answered for by nobody: an answer ends the questions.</summary>
    private const int UnansweredAfter = 3;

    /// <summary>A board that runs a system of its own has no time limit of a stage; its bootloader may still be on its way.</summary>
    private static readonly TimeSpan s_ownSystemAfter = TimeSpan.FromSeconds(30);

    private static Fault NotApproved(FaultContext c) => Fault.Of(
        FaultCode.NotApproved,
        $"Board {c.Board!.Ref} ({c.Board.Mac}) asks to boot; it was last seen at {Clock(c.Board.LastSeen)}.",
        $"Enrolment is '{c.Options.EnrolmentPolicy.ToString().ToLowerInvariant()}' and nobody has approved this board.",
        $"If it is yours: bramble client approve {c.Board.Ref}",
        c.Board.FirstSeen);

    private static Fault FleetFull(FaultContext c) => Fault.Of(
        FaultCode.FleetFull,
        $"Board {c.Board!.Ref} ({c.Board.Mac}) asks to boot, and {c.Options.MaxEnrolled} clients are there already.",
        "The fleet is as large as it may grow by itself, or somebody sends forged requests.",
        "Remove clients that are not used, or add this one by hand: bramble client add NAME --board " + c.Board.Ref,
        c.Board.FirstSeen);

    private static Fault NoOffer(Boot boot) => Fault.Of(
        FaultCode.NoOffer,
        $"{Count(boot.Discovers, "DHCPDISCOVER")} since {Clock(boot.Started)}, no offer sent.",
        "The address pool is used up, or DHCP is switched off on the interface that the board is on.",
        "Look at the DHCP section of the configuration and at the leases; enlarge the pool.",
        boot.Started);

    private static Fault NoRequest(FaultContext c, Boot boot)
    {
        bool pi3 = boot.Family == PiFamily.Pi3;
        string cause = (pi3, boot.Proxy) switch
        {
            (true, _) => "The offer did not reach the board: a Pi 3's boot ROM loses replies on busy or filtered switches, and it gives up after five tries (25 s).",
            (_, true) => "No other DHCP server gave it an address: in proxy mode Bramble only adds the boot information.",
            _ => "The offer did not reach the board, or another server's offer confused it.",
        };
        string fix = (pi3, boot.Proxy) switch
        {
            (true, _) => "Switch the board off and on again. If it happens often: switch off spanning tree (or set its ports to edge/portfast), or put a card with only bootcode.bin into the board.",
            (_, true) => "Check that the router's DHCP server is on and has free addresses, or let Bramble give the addresses (mode = server).",
            _ => "Check the switch for DHCP snooping (this server's port must be trusted) and spanning tree.",
        };
        string tree = c.SpanningTree == TimeSpan.Zero ? ""
            : string.Create(CultureInfo.InvariantCulture, $" A switch here keeps ports closed for {2 * c.SpanningTree.TotalSeconds:0} s after a board's link comes up.");
        return Fault.Of(
            FaultCode.NoRequest,
            $"{Count(boot.Discovers, "DHCPDISCOVER")} and {Count(boot.Offers, "offer")} since {Clock(boot.Started)}, and no {(pi3 ? "file was asked for" : "DHCPREQUEST")}.{tree}",
            cause, fix, boot.Times.Offered ?? boot.Started);
    }

    private static Fault? RelayedPi3(Boot boot) =>
        boot.Relay.IsAny || boot.Family != PiFamily.Pi3 || (boot.Stage == BootStage.Firmware && !OnlyBootcode(boot)) ? null : Fault.Of(
            FaultCode.RelayedPi3,
            $"{Count(boot.Discovers, "DHCPDISCOVER")} came through the relay agent {boot.Relay} since {Clock(boot.Started)}; "
                + (boot.Stage == BootStage.Firmware ? "bootcode.bin was loaded and nothing after it." : $"{Count(boot.Offers, "offer")} went back and no file was asked for."),
            boot.Stage == BootStage.Firmware
                ? "bootcode.bin looks for the TFTP server on its own network, by ARP, and nobody answers there."
                : "A Pi 3B's boot ROM drops the replies of relay agents.",
            "Give this server an interface on the boards' network (a VLAN interface will do) and serve that.",
            boot.Times.Offered ?? boot.Started);

    private static bool OnlyBootcode(Boot boot) => boot.Files.All(static f => f.Path is "bootcode.bin" or "bootsig.bin");

    private static Fault OtherServer(FaultContext c, Boot boot) => Fault.Of(
        FaultCode.OtherServer,
        $"The board was offered {boot.Address} by {c.Server}, and went with {boot.OtherServer}.",
        $"{boot.OtherServer} gives addresses on the same network: most often the router.",
        $"Switch DHCP off on {boot.OtherServer}, or set mode = proxy in Bramble's configuration so that both work together.",
        boot.Times.Offered ?? boot.Started);

    /// <summary>It has an address and asks, but not here.</summary>
    private static Fault? Elsewhere(FaultContext c, Boot boot)
    {
        // A Pi 3 confirms no offer: it may have its address although this server cannot know.
        if (boot.Stage == BootStage.Offered && boot.Family != PiFamily.Pi3)
        {
            return null;
        }

        DateTimeOffset since = boot.Times.Bound ?? boot.Times.Offered ?? boot.Started;
        if (c.Asked is [{ Times: >= UnansweredAfter } asked, ..])
        {
            return Fault.Of(
                FaultCode.NobodyAnswers,
                $"{boot.Address} asked {asked.Times} times by ARP who has {asked.Target} and got no answer; it did not ask for {c.Server}, and asked for no file.",
                $"The board's EEPROM or another DHCP server names {asked.Target} as boot server or router, and no such machine is there. The EEPROM of 2019-12-03 misreads addresses.",
                "Update the board's EEPROM; look for this address in its settings (TFTP_IP) and in the options of other DHCP servers.",
                since);
        }

        bool told = !boot.OtherBootServer.IsAny && boot.OtherBootServer != c.Server;
        if (c.Asked.Count == 0 && !told)
        {
            return null;
        }

        string file = string.IsNullOrEmpty(boot.OtherBootFile) ? "" : $" and the file '{boot.OtherBootFile}'";
        string where = c.Asked.Count > 0 ? $"It asked by ARP for {c.Asked[0].Target}. " : "";
        string offer = told ? $"Another DHCP server's offer named the boot server {boot.OtherBootServer}{file}. " : "";
        return Fault.Of(
            FaultCode.OtherBootServer,
            $"{boot.Address} has been bound since {Clock(since)} and asked for no file here. {where}{offer}".TrimEnd(),
            told ? "Another DHCP server on this network has boot options of its own: 66, 67 or 43." : "The board's EEPROM names another server (TFTP_IP), or another DHCP server's options do.",
            $"Remove the boot options (66, 67, 43, 'next server') from the other DHCP server; look at TFTP_IP in the board's EEPROM.",
            since);
    }

    private static Fault NoTftp(FaultContext c, Boot boot) => Fault.Of(
        FaultCode.NoTftp,
        $"{boot.Address} was bound at {Clock(boot.Times.Bound ?? boot.Started)}; no TFTP request came from it.",
        "A firewall drops UDP 69, or the board asks another server (its EEPROM names one with TFTP_IP).",
        $"Look at the firewall of {c.Server} (nft list ruleset), and at TFTP_IP in the board's EEPROM.",
        boot.Times.Bound ?? boot.Started);

    private static Fault? OwnSystem(FaultContext c) => c.OwnSystem is not { } since || c.Now - since < s_ownSystemAfter ? null : Fault.Of(
        FaultCode.OwnSystem,
        $"An operating system on board {c.Board!.Ref} asked for an address at {Clock(since)}; its bootloader did not ask before, and it is not connected to its root here.",
        "A card, USB stick or NVMe disk with a system is in the board and comes first, or its boot order has no network.",
        "Take the card, stick or disk out, or put the network first in BOOT_ORDER ('bramble eeprom make --order network,sd').",
        since);

    private static Fault? AddressTwice(FaultContext c, Boot boot) => c.AddressRival is not { } rival ? null : Fault.Of(
        FaultCode.AddressTwice,
        $"{boot.Address} is used by board {c.Board!.Ref} ({c.Board.Mac}) and by {rival}: both said so by ARP, in turns.",
        "The other machine has this address set by hand, or has it from another DHCP server.",
        $"Look for the machine with the MAC address {rival} and let it use DHCP; keep the pool clear of addresses that are set by hand.",
        boot.Times.Bound ?? boot.Started);

    private static Fault? SameIdentity(FaultContext c) => c.Twin is not { } twin ? null : Fault.Of(
        FaultCode.SameIdentity,
        $"The systems of board {c.Board!.Ref} and of {twin} give the same DUID in DHCP.",
        "One root is a copy of the other, with its machine id and its SSH host keys.",
        "On one of them: rm /etc/machine-id /etc/ssh/ssh_host_*; systemd-machine-id-setup; ssh-keygen -A; then restart it.",
        c.Boots?.Current?.StageTime ?? c.Now);
}
