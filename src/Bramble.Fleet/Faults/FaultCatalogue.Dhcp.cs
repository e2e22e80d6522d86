namespace Bramble.Fleet.Faults;

/// <content>From the first request to the address.</content>
public static partial class FaultCatalogue
{
    private static FaultEntry[] Dhcp =>
    [
        new(
            FaultCode.NoRequest, "The board takes no offer",
            "DHCPDISCOVERs of a board, offers sent to it, and neither a DHCPREQUEST (Pi 4 and 5) nor a file request (Pi 3) for 26 s.",
            [
                "The offer is lost on the way: the switch filters DHCP (DHCP snooping), or a firewall on this server drops it.",
                "Pi 3: its boot ROM misses replies on busy networks, and goes dark after five tries (25 s).",
                "In proxy mode: no other DHCP server gives the board an address.",
                "A Pi 4 with a bootloader older than 2020-06-12 behind a relay agent.",
            ],
            [
                "Trust this server's port in the switch (DHCP snooping), and make the boards' ports edge ports (portfast).",
                "Switch a Pi 3 off and on. If it happens often, give it a card with only `bootcode.bin`.",
                "In proxy mode check that the router's DHCP server is on and has free addresses, or set `[dhcp] mode = server`.",
                "Update the EEPROM of an old Pi 4.",
            ],
            "A later boot is bound."),
        new(
            FaultCode.OtherServer, "A second DHCP server took the board",
            "Bramble offered an address as the DHCP server, and the board's DHCPREQUEST named another server.",
            ["The router gives addresses on the same network.", "Another boot server runs there."],
            ["Switch DHCP off on the other server.", "Or set `[dhcp] mode = proxy`, so that both work together."],
            "A later boot is bound by this server."),
        new(
            FaultCode.NoTftp, "The board has an address but asks for no file",
            "A bound address and no TFTP request from it for 15 s; and neither an offer of another server nor an ARP request says where it asks instead.",
            [
                "A firewall on this server or between drops UDP port 69.",
                "The board's EEPROM names another server (`TFTP_IP`), on another network.",
                "The board was switched off at that moment.",
            ],
            [
                "Open UDP port 69 and the replies' ports on this server: `nft list ruleset`.",
                "Look at `TFTP_IP` in the board's EEPROM (`bramble eeprom explain`).",
            ],
            "A file is asked for."),
        new(
            FaultCode.NotApproved, "The board is not approved",
            "A Raspberry Pi asks to boot that has no client, and the enrolment policy is `list`, or `button` with its window closed.",
            ["It is new.", "It is not yours."],
            ["`bramble client approve SERIAL`", "Or open the enrolment window with the button, or set `[clients] enrol = open`."],
            "It is approved, or stays silent for 15 minutes."),
        new(
            FaultCode.NoOffer, "The board asks and gets no answer",
            "DHCPDISCOVERs of a board that may boot, and no offer sent for 20 s; its root is ready.",
            ["The address pool is used up.", "The DHCP part is off on the interface that the board is on.", "Every free address of the pool is used by machines that have it from nobody here."],
            ["Enlarge the pool: `[dhcp] pool`.", "Shorten the lease time: `[dhcp] lease-time`.", "Look at the counts of packets without an answer: `bramble status`."],
            "An offer is sent."),
        new(
            FaultCode.FleetFull, "No more boards enrol themselves",
            $"A new board asks while {FleetOptions.DefaultMaxEnrolled} clients exist: no more enrol themselves.",
            ["The fleet is that large.", "Somebody sends forged requests."],
            ["Remove clients that are not used.", "Or add this client by hand: `bramble client add`."],
            "There is room again."),
        new(
            FaultCode.RelayedPi3, "A relay agent stands in front of a Pi 3",
            "DHCPDISCOVERs of a Pi 3 came through a relay agent, offers went back, and it asked for no file for 26 s, or for none after `bootcode.bin` for 45 s.",
            [
                "The boot ROM of a Pi 3B drops replies whose hop count is not what it expects, and every reply of a relay agent is like that.",
                "A 3B+ takes them, but its `bootcode.bin` looks for the TFTP server on its own network, by ARP, and nobody answers there.",
            ],
            [
                "Give this server an interface on the boards' network (a VLAN interface will do), and serve that.",
                "Or put a card with only `bootcode.bin` into the board and let the router answer ARP for this server (proxy ARP).",
            ],
            "A later boot gets further."),
        new(
            FaultCode.OwnSystem, "The board started a system of its own",
            "A client's board sent the DHCPDISCOVER of an operating system, with no request of its bootloader before and no connection to its root, and it stayed so for 30 s.",
            [
                "A card, a USB stick or an NVMe disk with a system is in it, and comes first in its boot order.",
                "Its boot order does not have the network at all.",
                "Pi 3B: the fuse for network boot is not set.",
            ],
            ["Take the card, stick or disk out.", "Put the network first: `bramble eeprom make --order network,sd` says what to write and how.", "Pi 3B: set the fuse once, see the guide on preparing a board."],
            "Its bootloader asks, or it is connected to its root."),
        new(
            FaultCode.BoardChanged, "A known board has another serial or MAC address",
            "A board asks to boot with the serial of a client's board and another MAC address, or with its MAC address and another serial. A client is bound to both when its board first boots. The board that asks gets no address, no file and no root.",
            [
                "The board, its EEPROM or its compute module was replaced or changed. The EEPROM setting `MAC_ADDRESS` gives a board another MAC address.",
                "A stranger on the network uses the name of the board. Serials are printed on boards and sent in the clear.",
                "Two boards were given the same MAC address.",
            ],
            [
                "If you replaced or changed it: `bramble client approve CLIENT`. Under `enrol = button` also: press the button of the box after the fault was shown.",
                "If you did not, look for the MAC address in the table of the switch. The client goes on meanwhile, and keeps its root.",
                "While the client is heard, nothing can be approved: switch its board off first, and wait a minute.",
            ],
            "It is approved, or the board that asks stays silent for 15 minutes."),
    ];
}
